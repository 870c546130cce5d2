#version 330 core
#include "codes.glsl"
// Alpha of chroma samples: the mean of the luma samples that they cover. Java twin: JavaBlendKernels.halve.
uniform sampler2D alpha;
layout(location = 0) out float result;

void main() {
    ivec2 last = textureSize(alpha, 0) - 1;
    ivec2 a = here() * 2;
    ivec2 b = min(a + 1, last);
    int sum = code(alpha, a) + code(alpha, ivec2(b.x, a.y)) + code(alpha, ivec2(a.x, b.y)) + code(alpha, b);
    result = store((sum + 2) >> 2);
}
