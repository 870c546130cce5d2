// Y'CbCr codes to R'G'B' 0..1 and back (ITU-T H.273), and sRGB's curve (IEC 61966-2-1). Java twins: ColorSpec, LinearBlend.
uniform mat4x3 to_rgb;
uniform mat4x3 to_yuv;

vec3 rgb_of(vec3 yuv) {
    return clamp(to_rgb * vec4(yuv, 1.0), 0.0, 1.0);
}

vec3 yuv_of(vec3 rgb) {
    return to_yuv * vec4(rgb, 1.0);
}

vec3 decode(vec3 v) {
    return mix(pow((v + 0.055) / 1.055, vec3(2.4)), v / 12.92, lessThanEqual(v, vec3(0.04045)));
}

vec3 encode(vec3 v) {
    return mix(1.055 * pow(v, vec3(1.0 / 2.4)) - 0.055, v * 12.92, lessThanEqual(v, vec3(0.0031308)));
}
