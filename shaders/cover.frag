#version 330 core
#include "codes.glsl"
#include "blend.glsl"
// Alpha of a layer over a transparent picture.
uniform sampler2D alpha;
uniform sampler2D before;
layout(location = 0) out float result;

void main() {
    result = store(straight_alpha(code(alpha, here()), code(before, here())));
}
