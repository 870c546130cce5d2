#version 330 core
#include "codes.glsl"
#include "cells.glsl"
// A plane from the colours of cells.
uniform sampler2D colors;
uniform int channel;
uniform int shift;
layout(location = 0) out float result;

void main() {
    result = store(int(cell_value(colors, here(), shift)[channel] + 0.5));
}
