// Values known on cells of 4 × 4 luma pixels, read bilinearly at a sample of a plane. Java twin: CellMap.
vec4 cell_value(sampler2D cells, ivec2 sample_at, int shift) {
    ivec2 size = textureSize(cells, 0);
    vec2 place = clamp((vec2(sample_at) + 0.5) * (float(1 << shift) / 4.0) - 0.5, vec2(0.0), vec2(size - 1));
    ivec2 low = max(ivec2(0), min(ivec2(place), size - 2));
    vec2 part = place - vec2(low);
    ivec2 high = min(low + 1, size - 1);
    vec4 upper = mix(texelFetch(cells, low, 0), texelFetch(cells, ivec2(high.x, low.y), 0), part.x);
    vec4 lower = mix(texelFetch(cells, ivec2(low.x, high.y), 0), texelFetch(cells, high, 0), part.x);
    return mix(upper, lower, part.y);
}
