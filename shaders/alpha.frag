#version 330 core
#include "codes.glsl"
#include "guided.glsl"
// The matte's coefficients applied to the frame's luma.
uniform sampler2D luma;
uniform sampler2D slopes;
uniform sampler2D offsets;
uniform float scale;
layout(location = 0) out float result;

float coefficient(sampler2D cells, ivec2 low, ivec2 high, vec2 part) {
    float u0 = texelFetch(cells, low, 0).r;
    float u1 = texelFetch(cells, ivec2(high.x, low.y), 0).r;
    float l0 = texelFetch(cells, ivec2(low.x, high.y), 0).r;
    float l1 = texelFetch(cells, high, 0).r;
    float u = u0 + part.x * (u1 - u0);
    float l = l0 + part.x * (l1 - l0);
    return u + part.y * (l - u);
}

void main() {
    ivec2 cells = textureSize(slopes, 0);
    vec2 place = (gl_FragCoord.xy) * vec2(cells) / vec2(textureSize(luma, 0)) - 0.5;
    place = clamp(place, vec2(0.0), vec2(cells - 1));
    ivec2 low = max(ivec2(0), min(ivec2(place), cells - 2));
    ivec2 high = min(low + 1, cells - 1);
    vec2 part = place - vec2(low);
    result = store(guided_alpha(coefficient(slopes, low, high, part), coefficient(offsets, low, high, part),
        code(luma, here()), scale));
}
