#version 430 core
// Cells that are alike and touch are one region: union-find by atomic minima (after Playne and Hawick, "A New Algorithm for
// Parallel Connected-Component Labelling on GPUs", 2018). Java twin: Regions.connect.
layout(local_size_x = 8, local_size_y = 8) in;
layout(std430, binding = 0) coherent buffer labels_block { int labels[]; };
layout(std430, binding = 1) readonly buffer steep_block { float steep[]; };
uniform ivec2 size;

int root(int at) {
    int now = at;
    while (labels[now] != now) {
        now = labels[now];
    }
    return now;
}

void unite(int a, int b) {
    int one = root(a);
    int other = root(b);
    while (one != other) {
        int low = min(one, other);
        int high = max(one, other);
        int before = atomicMin(labels[high], low);
        one = low;
        other = before == high ? low : root(before);
        one = root(one);
    }
}

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (at.x >= size.x || at.y >= size.y) {
        return;
    }
    int i = at.y * size.x + at.x;
    bool inside = steep[i] > 0.5;
    if (at.x > 0 && steep[i - 1] > 0.5 == inside) {
        unite(i, i - 1);
    }
    if (at.y > 0 && steep[i - size.x] > 0.5 == inside) {
        unite(i, i - size.x);
    }
}
