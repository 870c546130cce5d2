#version 430 core
// Areas of the regions at their first cells, with a high bit for those at the border; then whether anything is inside.
layout(local_size_x = 8, local_size_y = 8) in;
layout(std430, binding = 0) coherent buffer labels_block { int labels[]; };
layout(std430, binding = 1) coherent buffer areas_block { int areas[]; };
layout(std430, binding = 2) readonly buffer steep_block { float steep[]; };
uniform ivec2 size;

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (at.x >= size.x || at.y >= size.y) {
        return;
    }
    int i = at.y * size.x + at.x;
    int root = i;
    while (labels[root] != root) {
        root = labels[root];
    }
    labels[i] = root;
    atomicAdd(areas[root], 1);
    if (at.x == 0 || at.y == 0 || at.x == size.x - 1 || at.y == size.y - 1) {
        atomicOr(areas[root], 1 << 30);
    }
    if (steep[i] > 0.5) {
        atomicOr(areas[size.x * size.y], 1);
    }
}
