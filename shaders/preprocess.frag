#version 330 core
// The input tensor as a plane of its elements, to be read back row by row: NCHW is three pictures below each other, NHWC
// has three columns a cell.
uniform sampler2D means;
layout(location = 0) out float result;

vec4 means_at(int place) {
    int width = textureSize(means, 0).x;
    return texelFetch(means, ivec2(place % width, place / width), 0);
}
#include "preprocess.glsl"

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float value = element(at.y * (planar == 1 ? cells.x : 3 * cells.x) + at.x);
    result = bytes == 1 ? floor(value + 0.5) / 255.0 : value;
}
