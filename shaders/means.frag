#version 330 core
#include "codes.glsl"
// Sums over cells of a picture and of an alpha, unweighted. Java twin: EdgeLight.cells.
uniform sampler2D luma;
uniform sampler2D cb;
uniform sampler2D cr;
uniform sampler2D alpha;
uniform int shift;
layout(location = 0) out vec4 result; // Y, U, V, alpha

void main() {
    ivec2 from = here() * 4;
    ivec2 to = min(from + 4, textureSize(luma, 0));
    ivec4 sum = ivec4(0);
    for (int y = from.y; y < to.y; y++) {
        for (int x = from.x; x < to.x; x++) {
            sum.x += code(luma, ivec2(x, y));
            sum.w += code(alpha, ivec2(x, y));
        }
    }
    int side = 4 >> shift;
    from = here() * side;
    to = min(from + side, textureSize(cb, 0));
    for (int y = from.y; y < to.y; y++) {
        for (int x = from.x; x < to.x; x++) {
            sum.y += code(cb, ivec2(x, y));
            sum.z += code(cr, ivec2(x, y));
        }
    }
    result = vec4(sum);
}
