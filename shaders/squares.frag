#version 330 core
#include "codes.glsl"
// Weighted sums over squares of one plane: weight, weight · code. Java twin: Pixelate.
uniform sampler2D plane;
uniform sampler2D alpha;
uniform int side;
layout(location = 0) out vec4 result;

void main() {
    ivec2 from = here() * side;
    ivec2 to = min(from + side, textureSize(plane, 0));
    vec2 sum = vec2(0.0);
    for (int y = from.y; y < to.y; y++) {
        ivec2 row = ivec2(0);
        for (int x = from.x; x < to.x; x++) {
            int weight = 255 - code(alpha, ivec2(x, y));
            row += weight * ivec2(1, code(plane, ivec2(x, y)));
        }
        sum += vec2(row);
    }
    result = vec4(sum, 0.0, 0.0);
}
