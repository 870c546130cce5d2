#version 330 core
#include "codes.glsl"
#include "cells.glsl"
// Spill and light wrap on one plane of the hands. Java twin: EdgeLight.
uniform sampler2D plane;
uniform sampler2D alpha;
uniform sampler2D old_scene;
uniform sampler2D fresh;    // sums of the new background and of alpha, blurred
uniform sampler2D weights;  // 255 · counts (x luma, z chroma), blurred
uniform float spill;
uniform float wrap;
uniform int channel;
uniform int shift;
layout(location = 0) out float result;

// Bilinear means of quotients, as the twin interpolates them.
float fresh_value(ivec2 cell, int which) {
    vec4 weight = texelFetch(weights, cell, 0) / 255.0;
    return texelFetch(fresh, cell, 0)[which] / max(which == 1 || which == 2 ? weight.z : weight.x, 1e-6);
}

float fresh_at(ivec2 at, int which) {
    ivec2 size = textureSize(fresh, 0);
    vec2 place = clamp((vec2(at) + 0.5) * (float(1 << shift) / 4.0) - 0.5, vec2(0.0), vec2(size - 1));
    ivec2 low = max(ivec2(0), min(ivec2(place), size - 2));
    ivec2 high = min(low + 1, size - 1);
    vec2 part = place - vec2(low);
    float upper = mix(fresh_value(low, which), fresh_value(ivec2(high.x, low.y), which), part.x);
    float lower = mix(fresh_value(ivec2(low.x, high.y), which), fresh_value(high, which), part.x);
    return mix(upper, lower, part.y);
}

void main() {
    ivec2 at = here();
    int a8 = code(alpha, at);
    float value = float(code(plane, at));
    if (a8 > 0) {
        float a = float(a8) / 255.0;
        if (spill > 0.0 && a8 < 255) {
            float behind = cell_value(old_scene, at, shift)[channel];
            value = clamp(value + spill * (1.0 - a) / max(a, 0.1) * (value - behind), 0.0, 255.0);
        }
        if (wrap > 0.0) {
            float covered = min(fresh_at(at, 3) / 255.0, 1.0);
            value += wrap * (1.0 - covered) * (fresh_at(at, channel) - value);
        }
    }
    result = store(int(clamp(value, 0.0, 255.0) + 0.5));
}
