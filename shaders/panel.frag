#version 330 core
// Light letters on a dark rounded panel that lets a little through; premultiplied.
uniform sampler2D page;  // coverage of the letters, row 0 on top
uniform ivec2 corner;    // lower left of the panel in the window
uniform int values;      // columns before this one are names, which are dimmer
uniform float radius;
layout(location = 0) out vec4 result;

void main() {
    vec2 size = vec2(textureSize(page, 0));
    ivec2 at = ivec2(gl_FragCoord.xy) - corner;
    float ink = texelFetch(page, ivec2(at.x, int(size.y) - 1 - at.y), 0).r;
    vec2 beyond = max(abs(vec2(at) + 0.5 - size / 2.0) - (size / 2.0 - radius), 0.0);
    float panel = 0.8 * clamp(radius - length(beyond) + 0.5, 0.0, 1.0);
    float light = at.x < values ? 0.78 : 1.0;
    result = vec4(vec3(0.07), 1.0) * panel * (1.0 - ink) + vec4(vec3(light), 1.0) * ink;
}
