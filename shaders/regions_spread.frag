#version 330 core
// One round of labelling without atomics: the least label of the cells that touch and are alike, and that label's own.
uniform sampler2D labels;
uniform sampler2D steep;
uniform int first; // 1: labels are the cells themselves
layout(location = 0) out float result;

float label(ivec2 at, ivec2 size) {
    return first == 1 ? float(at.y * size.x + at.x) : texelFetch(labels, at, 0).r;
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    ivec2 size = textureSize(steep, 0);
    bool inside = texelFetch(steep, at, 0).r > 0.5;
    float least = label(at, size);
    for (int k = 0; k < 4; k++) {
        ivec2 next = at + ivec2(k == 0 ? -1 : k == 1 ? 1 : 0, k == 2 ? -1 : k == 3 ? 1 : 0);
        if (all(greaterThanEqual(next, ivec2(0))) && all(lessThan(next, size))
                && texelFetch(steep, next, 0).r > 0.5 == inside) {
            least = min(least, label(next, size));
        }
    }
    int place = int(least + 0.5);
    result = min(least, label(ivec2(place % size.x, place / size.x), size));
}
