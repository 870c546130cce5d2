/* Designs that were measured and not taken; no part of the program calls them. BlendBenchmark runs them beside what took their place. */
#include "handsover.h"

/* Columns that are looked at together: few enough for the first cache, many enough that whole ones are skipped. */
#define BLOCK 64

/* 0 or 1 when cells first .. last of both rows say just that (a = 0, b = 0 or 1); else -1. */
HO_PART int sure(const float *a0, const float *b0, const float *a1, const float *b1, int first, int last) {
    const float one = b0[first];
    int differs = one != 0.0f && one != 1.0f, c = first;
#if HO_VECTORS
    ho_places unlike = {0};
    for (; last - first >= 7 && c <= last; c += 8) {
        const int at = c + 7 <= last ? c : last - 7;
        unlike |= (*(const ho_eight *)(a0 + at) != 0.0f) | (*(const ho_eight *)(a1 + at) != 0.0f);
        unlike |= (*(const ho_eight *)(b0 + at) != one) | (*(const ho_eight *)(b1 + at) != one);
    }
    for (int k = 0; k < 8; k++) differs |= unlike[k];
#endif
    for (; c <= last; c++) differs |= (a0[c] != 0.0f) | (a1[c] != 0.0f) | (b0[c] != one) | (b1[c] != one);
    return differs ? -1 : (int)one;
}

/* Columns from .. end of rows y .. y + n that are surely `one`, 0 or 1; nothing when it is -1. */
HO_PART void fill(uint8_t *alpha, int stride, int y, int n, int from, int end, int one, float scale) {
    for (int k = 0; one >= 0 && k < n; k++) memset(alpha + (size_t)(y + k) * stride + from, (int)((float)one * scale + 0.5f), end - from);
}

/*
 * alpha8 of rows y0 .. y0 + rows of a picture of w x h: round(scale * clamp(a * Y / 255 + b)), a and b bilinear in their grid.
 * a and b have mw + 1 readable cells in every row (the last repeated) and 8 more after the last row; at and frac hold w places in a
 * row. Most of a picture is surely hand or surely not: there nothing is computed.
 */
HO_KERNEL void ho_alpha_floats(const uint8_t *luma, int stride, int w, int h, int y0, int rows, const float *a, const float *b, int mw, int mh,
                               const int *at, const float *frac, float scale, uint8_t *alpha, int alpha_stride) {
    float a0[BLOCK], b0[BLOCK], a1[BLOCK], b1[BLOCK];
    const float most = (float)(mh - 1);
    int y = y0;
    while (y < y0 + rows) {
        /* rows of pixels that lie between the same two rows of the grid */
        int top = 0, n = 0;
        float t[BLOCK];
        for (; n < BLOCK && y + n < y0 + rows; n++) {
            float place = ((float)(y + n) + 0.5f) * (float)mh / (float)h - 0.5f;
            place = place < 0.0f ? 0.0f : place;
            place = place > most ? most : place;
            int row = (int)place;
            if (row > mh - 2) row = mh - 2 < 0 ? 0 : mh - 2;
            if (n > 0 && row != top) break;
            top = row;
            t[n] = place - (float)top;
        }
        const size_t upper = (size_t)top * (mw + 1), lower = (size_t)(top + 1 < mh ? top + 1 : top) * (mw + 1);
        int from = 0, held = -1;
        for (int x = 0; x < w; x += BLOCK) {
            const int m = w - x < BLOCK ? w - x : BLOCK;
            const int known = sure(a + upper, b + upper, a + lower, b + lower, at[x], at[x + m - 1] + 1);
            if (known != held) {
                /* blocks that say the same are filled in one go */
                fill(alpha, alpha_stride, y, n, from, x, held, scale);
                from = x;
                held = known;
            }
            if (known >= 0) continue;
            ho_stretch(a + upper, at + x, frac + x, m, mw <= w, a0);
            ho_stretch(b + upper, at + x, frac + x, m, mw <= w, b0);
            ho_stretch(a + lower, at + x, frac + x, m, mw <= w, a1);
            ho_stretch(b + lower, at + x, frac + x, m, mw <= w, b1);
            for (int i = 0; i < m; i++) { a1[i] = a1[i] - a0[i]; b1[i] = b1[i] - b0[i]; }
            for (int k = 0; k < n; k++) {
                const uint8_t *restrict line = luma + (size_t)(y + k) * stride + x;
                uint8_t *restrict out = alpha + (size_t)(y + k) * alpha_stride + x;
                const float f = t[k];
                for (int i = 0; i < m; i++) {
                    float slope = a0[i] + f * a1[i], offset = b0[i] + f * b1[i];
                    float v = slope * ((float)line[i] * (1.0f / 255.0f)) + offset;
                    out[i] = (uint8_t)(int)(ho_clamp01(v) * scale + 0.5f);
                }
            }
        }
        fill(alpha, alpha_stride, y, n, from, w, held, scale);
        y += n;
    }
}
