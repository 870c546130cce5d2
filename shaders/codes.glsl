// Planes hold codes 0..255 as normalised bytes. Java twin: Memory.
int code(sampler2D plane, ivec2 at) {
    return int(texelFetch(plane, at, 0).r * 255.0 + 0.5);
}

float store(int value) {
    return float(clamp(value, 0, 255)) / 255.0;
}

ivec2 here() {
    return ivec2(gl_FragCoord.xy);
}
