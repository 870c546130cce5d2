#version 330 core
#include "codes.glsl"
// Sums over cells of 4 × 4 luma pixels with weights 255 − alpha. Java twin: OldScene.load.
uniform sampler2D luma;
uniform sampler2D cb;
uniform sampler2D cr;
uniform sampler2D alpha;
uniform sampler2D chroma_alpha;
uniform int shift;
layout(location = 0) out vec4 first;  // w, w·Y, wc, 0
layout(location = 1) out vec4 second; // wc·U, wc·V, 0, 0

void main() {
    ivec2 from = here() * 4;
    ivec2 to = min(from + 4, textureSize(luma, 0));
    int w = 0;
    int wy = 0;
    for (int y = from.y; y < to.y; y++) {
        for (int x = from.x; x < to.x; x++) {
            int weight = 255 - code(alpha, ivec2(x, y));
            w += weight;
            wy += weight * code(luma, ivec2(x, y));
        }
    }
    int side = 4 >> shift;
    from = here() * side;
    to = min(from + side, textureSize(cb, 0));
    ivec3 c = ivec3(0);
    for (int y = from.y; y < to.y; y++) {
        for (int x = from.x; x < to.x; x++) {
            int weight = 255 - code(chroma_alpha, ivec2(x, y));
            c += weight * ivec3(1, code(cb, ivec2(x, y)), code(cr, ivec2(x, y)));
        }
    }
    first = vec4(w, wy, c.x, 0.0);
    second = vec4(c.yz, 0.0, 0.0);
}
