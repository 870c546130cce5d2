#version 330 core
#include "codes.glsl"
// Each square in its mean; where hands fill it, in the whole scene's.
uniform sampler2D squares;
uniform sampler2D total;
uniform int side;
uniform float nothing;
layout(location = 0) out float result;

void main() {
    vec4 sum = texelFetch(squares, here() / side, 0);
    vec4 all_sum = texelFetch(total, ivec2(0), 0);
    float whole = all_sum.x > 0.0 ? floor(all_sum.y / all_sum.x + 0.5) : nothing;
    result = store(int(sum.x > 0.0 ? floor(sum.y / sum.x + 0.5) : whole));
}
