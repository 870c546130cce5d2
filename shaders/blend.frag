#version 330 core
#include "codes.glsl"
#include "blend.glsl"
// One plane of a layer over an opaque picture.
uniform sampler2D above;
uniform sampler2D alpha;
uniform sampler2D below;
layout(location = 0) out float result;

void main() {
    ivec2 at = here();
    result = store(blend_over(code(above, at), code(below, at), code(alpha, at)));
}
