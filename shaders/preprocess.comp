#version 430 core
// The input tensor, where the network reads it: linear memory, four bytes an invocation.
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer means_block { vec4 means_cells[]; };
layout(std430, binding = 1) writeonly buffer tensor_block { uint tensor[]; };
uniform int words;

vec4 means_at(int place) {
    return means_cells[place];
}
#include "preprocess.glsl"

uint code_of(int at) {
    return uint(clamp(element(at) + 0.5, 0.0, 255.0));
}

void main() {
    int word = int(gl_GlobalInvocationID.x);
    if (word >= words) {
        return;
    }
    if (bytes == 4) {
        tensor[word] = floatBitsToUint(element(word));
    } else if (bytes == 2) {
        tensor[word] = packHalf2x16(vec2(element(2 * word), element(2 * word + 1)));
    } else {
        int at = 4 * word;
        tensor[word] = code_of(at) | code_of(at + 1) << 8 | code_of(at + 2) << 16 | code_of(at + 3) << 24;
    }
}
