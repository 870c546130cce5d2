#version 330 core
#include "codes.glsl"
#include "yuv.glsl"
// One plane of a layer over an opaque picture, in linear light. Java twin: LinearBlend.
uniform sampler2D above_y;
uniform sampler2D above_u;
uniform sampler2D above_v;
uniform sampler2D below_y;
uniform sampler2D below_u;
uniform sampler2D below_v;
uniform sampler2D alpha;
uniform int channel;
uniform int shift;
layout(location = 0) out float result;

int own(sampler2D y, sampler2D u, sampler2D v, ivec2 at) {
    return channel == 0 ? code(y, at) : channel == 1 ? code(u, at) : code(v, at);
}

vec3 color(sampler2D y, sampler2D u, sampler2D v, ivec2 at) {
    if (channel == 0) {
        return vec3(code(y, at), code(u, at >> shift), code(v, at >> shift));
    }
    ivec2 from = at << shift;
    ivec2 to = min((at + 1) << shift, textureSize(y, 0));
    float sum = 0.0;
    float count = 0.0;
    for (int j = from.y; j < to.y; j++) {
        for (int i = from.x; i < to.x; i++) {
            sum += float(code(y, ivec2(i, j)));
            count += 1.0;
        }
    }
    return vec3(sum / count, code(u, at), code(v, at));
}

void main() {
    ivec2 at = here();
    int a8 = code(alpha, at);
    if (a8 == 0) {
        result = store(own(below_y, below_u, below_v, at));
    } else if (a8 == 255) {
        result = store(own(above_y, above_u, above_v, at));
    } else {
        vec3 top = decode(rgb_of(color(above_y, above_u, above_v, at)));
        vec3 low = decode(rgb_of(color(below_y, below_u, below_v, at)));
        vec3 yuv = yuv_of(encode(mix(low, top, float(a8) / 255.0)));
        result = store(int(floor(yuv[channel] + 0.5)));
    }
}
