/* Blending. Each function's twin is in composite/JavaBlendKernels.java; both give the same bits. */
#include "handsover.h"

/* Columns that are looked at together: few enough for the first cache, many enough that whole ones are skipped. */
#define BLOCK 64

/* Means of 2 x 2; a missing last column or row repeats. */
HO_KERNEL void ho_halve(const uint8_t *in, int stride, int w, int h, int y0, int rows, uint8_t *out, int out_stride) {
    for (int y = y0; y < y0 + rows; y++) {
        const uint8_t *restrict p = in + (size_t)(2 * y) * stride, *restrict q = 2 * y + 1 < h ? p + stride : p;
        uint8_t *restrict o = out + (size_t)y * out_stride;
        for (int x = 0; x < w / 2; x++) o[x] = (uint8_t)((p[2 * x] + p[2 * x + 1] + q[2 * x] + q[2 * x + 1] + 2) >> 2);
        if (w & 1) o[w / 2] = (uint8_t)((2 * p[w - 1] + 2 * q[w - 1] + 2) >> 2);
    }
}

/* All 0, all 255, or neither (-1). */
HO_PART int even(const uint8_t *alpha, int n) {
    uint8_t any = 0, all = 255;
    for (int i = 0; i < n; i++) { any |= alpha[i]; all &= alpha[i]; }
    return any == 0 ? 0 : all == 255 ? 255 : -1;
}

#if HO_WIDE
/*
 * A row, 32 bytes at a time; returns how many were done. m f + (255 - m) g with f and g moved by 128 fits signed 16 bits, so that one
 * instruction multiplies both and adds.
 */
HO_WIDELY static int blend_wide(const uint8_t *f, const uint8_t *m, const uint8_t *g, uint8_t *o, int w) {
    const __m256i ones = _mm256_set1_epi8(-1), sign = _mm256_set1_epi8(-128);
    const __m256i back = _mm256_set1_epi16((short)(128 * 255 + 127)), one = _mm256_set1_epi16(1);
    int x = 0;
    for (; x + 32 <= w; x += 32) {
        const __m256i a = _mm256_loadu_si256((const __m256i *)(m + x));
        if (_mm256_testz_si256(a, a)) {
            if (o != g) _mm256_storeu_si256((__m256i *)(o + x), _mm256_loadu_si256((const __m256i *)(g + x)));
            continue;
        }
        const __m256i above = _mm256_loadu_si256((const __m256i *)(f + x));
        if (_mm256_testc_si256(a, ones)) {
            if (o != f) _mm256_storeu_si256((__m256i *)(o + x), above);
            continue;
        }
        const __m256i u = _mm256_xor_si256(above, sign), v = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(g + x)), sign);
        const __m256i rest = _mm256_xor_si256(a, ones);
        __m256i low = _mm256_maddubs_epi16(_mm256_unpacklo_epi8(a, rest), _mm256_unpacklo_epi8(u, v));
        __m256i high = _mm256_maddubs_epi16(_mm256_unpackhi_epi8(a, rest), _mm256_unpackhi_epi8(u, v));
        low = _mm256_add_epi16(low, back);
        high = _mm256_add_epi16(high, back);
        low = _mm256_add_epi16(_mm256_add_epi16(low, one), _mm256_srli_epi16(low, 8));
        high = _mm256_add_epi16(_mm256_add_epi16(high, one), _mm256_srli_epi16(high, 8));
        _mm256_storeu_si256((__m256i *)(o + x), _mm256_packus_epi16(_mm256_srli_epi16(low, 8), _mm256_srli_epi16(high, 8)));
    }
    return x;
}
#endif

/* A row from a column on, block by block. */
HO_PART void blend_row(const uint8_t *f, const uint8_t *m, const uint8_t *g, uint8_t *o, int from, int w) {
    for (int x = from; x < w; x += BLOCK) {
        const int n = w - x < BLOCK ? w - x : BLOCK, known = even(m + x, n);
        if (known >= 0) {
            const uint8_t *same = known ? f + x : g + x;
            if (same != o + x) memcpy(o + x, same, n);
            continue;
        }
        for (int i = x; i < x + n; i++) {
            /* 255 g + m (f - g) + 127 lies in 0 .. 65152: division by 255 as ((v + 1) + (v >> 8)) >> 8 is exact there, in 16 bits */
            uint16_t v = (uint16_t)(m[i] * f[i] + (255 - m[i]) * g[i] + 127);
            o[i] = (uint8_t)((uint16_t)(v + 1 + (v >> 8)) >> 8);
        }
    }
}

/* out = below + alpha * (above - below) / 255, rounded; out may be below. */
HO_KERNEL void ho_blend(const uint8_t *above, int above_stride, const uint8_t *alpha, int alpha_stride, const uint8_t *below, int below_stride,
                        uint8_t *out, int out_stride, int w, int rows) {
    for (int y = 0; y < rows; y++) {
        const uint8_t *f = above + (size_t)y * above_stride, *m = alpha + (size_t)y * alpha_stride, *g = below + (size_t)y * below_stride;
        uint8_t *o = out + (size_t)y * out_stride;
        int done = 0;
#if HO_WIDE
        if (ho_wide()) done = blend_wide(f, m, g, o, w);
#endif
        blend_row(f, m, g, o, done, w);
    }
}
