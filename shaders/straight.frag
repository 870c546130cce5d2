#version 330 core
#include "codes.glsl"
#include "blend.glsl"
// One plane of a layer over a transparent picture.
uniform sampler2D above;
uniform sampler2D alpha;
uniform sampler2D below;
uniform sampler2D before;
layout(location = 0) out float result;

void main() {
    ivec2 at = here();
    int a = code(alpha, at);
    int under = code(below, at);
    result = store(a == 0 ? under : straight_over(code(above, at), under, a, code(before, at)));
}
