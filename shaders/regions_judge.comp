#version 430 core
#include "regions.glsl"
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer labels_block { int labels[]; };
layout(std430, binding = 1) readonly buffer areas_block { int areas[]; };
layout(std430, binding = 2) readonly buffer steep_block { float steep[]; };
layout(std430, binding = 3) writeonly buffer verdict_block { float verdict[]; };
uniform int count;

void main() {
    int at = int(gl_GlobalInvocationID.x);
    if (at < count) {
        int area = areas[labels[at]];
        verdict[at] = judge(steep[at] > 0.5, area & ~(1 << 30), (area & 1 << 30) != 0, areas[count] == 0);
    }
}
