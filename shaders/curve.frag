#version 330 core
// The ages of the last pictures as bars, newest at the right; premultiplied.
uniform sampler2D ages;  // ms
uniform ivec2 corner;    // lower left in the window
uniform vec2 extent;     // pixels
uniform float budget;    // ms: a line; bars above it are amber
uniform float top;       // ms at the upper edge
layout(location = 0) out vec4 result;

void main() {
    vec2 at = (gl_FragCoord.xy - vec2(corner)) / extent;
    int last = textureSize(ages, 0).x - 1;
    float age = texelFetch(ages, ivec2(clamp(int(at.x * float(last + 1)), 0, last), 0), 0).r;
    float line = (1.0 - smoothstep(0.5, 1.5, abs(at.y - budget / top) * extent.y)) * 0.7;
    float bar = clamp((age / top - at.y) * extent.y, 0.0, 1.0) * 0.9;
    vec3 color = age > budget ? vec3(1.0, 0.72, 0.25) : vec3(0.45, 0.85, 0.55);
    result = vec4(color, 1.0) * bar;
    result = vec4(vec3(1.0), 1.0) * line + result * (1.0 - line);
}
