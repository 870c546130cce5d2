/* Matte to alpha, and blending. Each function's twin is in composite/JavaBlendKernels.java; both give the same bits. */
#include "handsover.h"
#include <string.h>

/* One row of a coefficient plane, stretched to w pixels: from + frac * (next - from). */
static inline void stretch(const float *restrict cells, const int *restrict at, const float *restrict frac, int w, float *restrict out) {
    for (int x = 0; x < w; x++) {
        float v = cells[at[x]];
        out[x] = v + frac[x] * (cells[at[x] + 1] - v);
    }
}

/*
 * alpha8 of rows y0 .. y0 + rows of a picture of w x h: round(scale * clamp(a * Y / 255 + b)), a and b bilinear in their grid.
 * a and b have mw + 1 readable cells in every row (the last repeated); at and frac hold w places in a row; scratch 4 rows of w,
 * held two numbers: which grid rows are stretched there already (-1: none). A row of the grid with no coefficient is skipped.
 */
HO_KERNEL void ho_alpha(const uint8_t *luma, int stride, int w, int h, int y0, int rows, const float *a, const float *b, int mw, int mh,
                        const int *at, const float *frac, float scale, float *scratch, int *held, uint8_t *alpha, int alpha_stride) {
    for (int y = y0; y < y0 + rows; y++) {
        float place = ((float)y + 0.5f) * (float)mh / (float)h - 0.5f;
        place = place < 0.0f ? 0.0f : place;
        float most = (float)(mh - 1);
        place = place > most ? most : place;
        int top = (int)place;
        if (top > mh - 2) top = mh - 2 < 0 ? 0 : mh - 2;
        float t = place - (float)top;
        int rows2[2] = {top, top + 1 < mh ? top + 1 : top};
        for (int k = 0; k < 2; k++) {
            int slot = rows2[k] & 1;
            if (held[slot] != rows2[k]) {
                stretch(a + (size_t)rows2[k] * (mw + 1), at, frac, w, scratch + (size_t)(2 * slot) * w);
                stretch(b + (size_t)rows2[k] * (mw + 1), at, frac, w, scratch + (size_t)(2 * slot + 1) * w);
                held[slot] = rows2[k];
            }
        }
        const float *restrict a0 = scratch + (size_t)(2 * (rows2[0] & 1)) * w, *restrict b0 = a0 + w;
        const float *restrict a1 = scratch + (size_t)(2 * (rows2[1] & 1)) * w, *restrict b1 = a1 + w;
        const uint8_t *restrict line = luma + (size_t)y * stride;
        uint8_t *restrict out = alpha + (size_t)y * alpha_stride;
        for (int x = 0; x < w; x++) {
            float slope = a0[x] + t * (a1[x] - a0[x]), offset = b0[x] + t * (b1[x] - b0[x]);
            float v = slope * ((float)line[x] * (1.0f / 255.0f)) + offset;
            out[x] = (uint8_t)(int)(ho_clamp01(v) * scale + 0.5f);
        }
    }
}

/* Means of 2 x 2; a missing last column or row repeats. */
HO_KERNEL void ho_halve(const uint8_t *in, int stride, int w, int h, int y0, int rows, uint8_t *out, int out_stride) {
    for (int y = y0; y < y0 + rows; y++) {
        const uint8_t *restrict p = in + (size_t)(2 * y) * stride, *restrict q = 2 * y + 1 < h ? p + stride : p;
        uint8_t *restrict o = out + (size_t)y * out_stride;
        for (int x = 0; x < w / 2; x++) o[x] = (uint8_t)((p[2 * x] + p[2 * x + 1] + q[2 * x] + q[2 * x + 1] + 2) >> 2);
        if (w & 1) o[w / 2] = (uint8_t)((2 * p[w - 1] + 2 * q[w - 1] + 2) >> 2);
    }
}

/* out = below + alpha * (above - below) / 255, rounded; out may be below. */
HO_KERNEL void ho_blend(const uint8_t *above, int above_stride, const uint8_t *alpha, int alpha_stride, const uint8_t *below, int below_stride,
                        uint8_t *out, int out_stride, int w, int rows) {
    for (int y = 0; y < rows; y++) {
        const uint8_t *f = above + (size_t)y * above_stride, *m = alpha + (size_t)y * alpha_stride, *g = below + (size_t)y * below_stride;
        uint8_t *o = out + (size_t)y * out_stride;
        for (int x = 0; x < w; x++) {
            /* 255 g + m (f - g) + 127 lies in 0 .. 65152: division by 255 as ((v + 1) + (v >> 8)) >> 8 is exact there */
            uint32_t v = 255u * g[x] + (uint32_t)((int)m[x] * ((int)f[x] - (int)g[x])) + 127u;
            o[x] = (uint8_t)((v + 1u + (v >> 8)) >> 8);
        }
    }
}
