#version 330 core
#include "codes.glsl"
// A plane seen through the placement's homography. Java twin: Warp.
uniform sampler2D plane;
uniform mat3 canvas_to_frame;
uniform vec2 target_size;
uniform int clear_outside;
layout(location = 0) out float result;

void main() {
    ivec2 size = textureSize(plane, 0);
    vec3 q = canvas_to_frame * vec3(gl_FragCoord.xy / target_size, 1.0);
    vec2 p = q.xy / q.z;
    bool outside = q.z <= 0.0 || any(lessThan(p, vec2(0.0))) || any(greaterThan(p, vec2(1.0)));
    if (clear_outside == 1 && outside) {
        result = 0.0;
        return;
    }
    vec2 place = clamp(p * vec2(size) - 0.5, vec2(0.0), vec2(size - 1));
    ivec2 low = ivec2(place);
    ivec2 high = min(low + 1, size - 1);
    vec2 part = place - vec2(low);
    float upper = mix(float(code(plane, low)), float(code(plane, ivec2(high.x, low.y))), part.x);
    float lower = mix(float(code(plane, ivec2(low.x, high.y))), float(code(plane, high)), part.x);
    result = store(int(mix(upper, lower, part.y) + 0.5));
}
