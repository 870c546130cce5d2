#version 330 core
#include "codes.glsl"
// Alpha as gray.
uniform sampler2D alpha;
uniform int offset;
uniform int span;
layout(location = 0) out float result;

void main() {
    result = store(offset + (2 * span * code(alpha, here()) + 255) / 510);
}
