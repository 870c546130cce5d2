#version 430 core
// Every cell is a region of its own.
layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer labels_block { int labels[]; };
layout(std430, binding = 1) writeonly buffer areas_block { int areas[]; };
uniform int count;

void main() {
    int at = int(gl_GlobalInvocationID.x);
    if (at < count) {
        labels[at] = at;
        areas[at] = 0;
        if (at == 0) {
            areas[count] = 0;
        }
    }
}
