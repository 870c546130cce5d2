#version 330 core
// Four corners to drag: rings joined by lines, light with a dark rim; premultiplied.
uniform vec2 corner_0;  // pixels of the window from its lower left
uniform vec2 corner_1;
uniform vec2 corner_2;
uniform vec2 corner_3;
uniform int held;       // the corner that the mouse holds, or -1
uniform float scale;    // pixels a unit of length
layout(location = 0) out vec4 result;

float to_line(vec2 at, vec2 from, vec2 to) {
    vec2 way = to - from;
    return length(at - from - way * clamp(dot(at - from, way) / max(dot(way, way), 1e-6), 0.0, 1.0));
}

void main() {
    vec2 at = gl_FragCoord.xy;
    vec2 corners[4] = vec2[4](corner_0, corner_1, corner_2, corner_3);
    float radius = 11.0 * scale;
    float ring = 1e6;
    float inside = 0.0;
    float lines = 1e6;
    for (int i = 0; i < 4; i++) {
        float center = length(at - corners[i]);
        ring = min(ring, abs(center - radius));
        inside = max(inside, clamp(radius - center, 0.0, 1.0) * (i == held ? 0.8 : 0.3));
        lines = min(lines, to_line(at, corners[i], corners[(i + 1) % 4]));
    }
    float away = inside > 0.0 ? ring : min(ring, lines);
    float light = clamp(1.5 * scale - away + 0.5, 0.0, 1.0);
    float rim = clamp(3.0 * scale - away + 0.5, 0.0, 1.0) * 0.7;
    result = vec4(vec3(0.0), 1.0) * rim;
    result = vec4(vec3(1.0), 1.0) * inside + result * (1.0 - inside);
    result = vec4(vec3(1.0), 1.0) * light + result * (1.0 - light);
}
