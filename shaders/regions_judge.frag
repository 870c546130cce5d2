#version 330 core
#include "regions.glsl"
uniform sampler2D labels;
uniform sampler2D steep;
uniform sampler2D counts;
uniform sampler2D counted; // their sum
layout(location = 0) out float result;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    int width = textureSize(steep, 0).x;
    int place = int(texelFetch(labels, at, 0).r + 0.5);
    vec4 region = texelFetch(counts, ivec2(place % width, place / width), 0);
    bool inside = texelFetch(steep, at, 0).r > 0.5;
    // a region that is not whole yet is larger than the rounds: it stays
    int area = region.z > 0.0 ? 1 << 24 : int(region.x + 0.5);
    result = judge(inside, area, region.y > 0.0, texelFetch(counted, ivec2(0), 0).w == 0.0);
}
