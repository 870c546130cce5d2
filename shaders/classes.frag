#version 330 core
#include "codes.glsl"
// The class of the nearest cell in its colour. Java twin: ClassColors.
uniform sampler2D classes;
uniform sampler2D palette;
uniform ivec2 target_size;
layout(location = 0) out float result;

void main() {
    ivec2 cell = here() * textureSize(classes, 0) / target_size;
    result = texelFetch(palette, ivec2(code(classes, cell), 0), 0).r;
}
