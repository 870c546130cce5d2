/* Frame to input tensor. Each function's twin is in segment/Preprocess.java; both give the same bits. */
#include "handsover.h"

/* How many of the weights count: those after the last that is not 0 add nothing, not even to a bit. */
HO_PART int counting(const float *weight, int most) {
    while (most > 1 && weight[most - 1] == 0.0f) most--;
    return most;
}

#if HO_WIDE
/* As add_lines() below, 32 columns at a time, since the compiler widens bytes in three steps; returns how many were done. */
HO_WIDELY static int add_lines_wide(const uint8_t *first, int stride, const float *weight, int most, int n, float *out) {
    int x = 0;
    for (; x + 32 <= n; x += 32) {
        const uint8_t *line = first + x;
        __m256 sum[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
        for (int k = 0; k < most; k++, line += stride) {
            const __m256 w = _mm256_set1_ps(weight[k]);
            for (int i = 0; i < 4; i++) {
                const __m256i codes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(line + 8 * i)));
                sum[i] = _mm256_add_ps(sum[i], _mm256_mul_ps(w, _mm256_cvtepi32_ps(codes)));
            }
        }
        for (int i = 0; i < 4; i++) _mm256_storeu_ps(out + x + 8 * i, sum[i]);
    }
    return x;
}
#endif

/* Weighted sum of `most` lines, column by column, each column in the order of the lines. */
HO_PART void add_lines(const uint8_t *first, int stride, const float *weight, int most, int n, float *restrict out) {
    int x = 0;
    most = counting(weight, most);
#if HO_WIDE
    if (ho_wide()) x = add_lines_wide(first, stride, weight, most, n, out);
#endif
    for (; x + 32 <= n; x += 32) {
        float sum[32];
        for (int i = 0; i < 32; i++) sum[i] = 0.0f + weight[0] * (float)first[x + i];
        for (int k = 1; k < most; k++) {
            const uint8_t *restrict line = first + (size_t)k * stride + x;
            const float w = weight[k];
            for (int i = 0; i < 32; i++) sum[i] += w * (float)line[i];
        }
        for (int i = 0; i < 32; i++) out[x + i] = sum[i];
    }
    for (; x < n; x++) {
        float sum = 0;
        for (int k = 0; k < most; k++) sum += weight[k] * (float)first[(size_t)k * stride + x];
        out[x] = sum;
    }
}

#if HO_VECTORS
/* Rows of cells from eight rows of sums that lie in groups of eight; width is a multiple of 8. */
HO_PART void add_columns(const float *groups, const int *xstart, const float *xweight, int xmost, int width, float *restrict mean) {
    for (int cx = 0; cx < width; cx += 8) {
        ho_eight sums[8];
        for (int c = 0; c < 8; c++) {
            const float *xw = xweight + (size_t)(cx + c) * xmost;
            const ho_eight *from = (const ho_eight *)groups + xstart[cx + c];
            ho_eight sum = {0};
            const int most = counting(xw, xmost);
            for (int k = 0; k < most; k++) sum += xw[k] * from[k];
            sums[c] = sum;
        }
        ho_turn((const float *)sums, 8, mean + cx, width);
    }
}
#endif

/*
 * Means of a plane over width x height cells: rows of a cell summed first, then its columns. rows holds 16 rows of `source` floats, each
 * rounded up to a multiple of 8.
 */
HO_KERNEL void ho_area(const uint8_t *plane, int stride, int source, int height, const int *ystart, const float *yweight, int ymost,
                       const int *xstart, const float *xweight, int xmost, int width, float *restrict rows, float *restrict mean) {
    const int step = (source + 7) & ~7;
    int cy = 0;
#if HO_VECTORS
    float *groups = rows + (size_t)8 * step;
    for (; width % 8 == 0 && cy + 8 <= height; cy += 8) {
        for (int k = 0; k < 8; k++)
            add_lines(plane + (size_t)ystart[cy + k] * stride, stride, yweight + (size_t)(cy + k) * ymost, ymost, source, rows + (size_t)k * step);
        ho_interleave(rows, step, step, groups);
        add_columns(groups, xstart, xweight, xmost, width, mean + (size_t)cy * width);
    }
#endif
    for (; cy < height; cy++) {
        add_lines(plane + (size_t)ystart[cy] * stride, stride, yweight + (size_t)cy * ymost, ymost, source, rows);
        for (int cx = 0; cx < width; cx++) {
            const float *xw = xweight + (size_t)cx * xmost;
            const float *from = rows + xstart[cx];
            float sum = 0;
            for (int k = 0; k < xmost; k++) sum += xw[k] * from[k];
            mean[(size_t)cy * width + cx] = sum;
        }
    }
}

/* Means to a tensor: m holds three rows of (y, u, v, 1) -> 0..1, then three pairs of scale and offset. */
HO_KERNEL void ho_tensor(const float *restrict ys, const float *restrict us, const float *restrict vs, int cells, const float *restrict m,
                         int planar, int bytes, void *restrict tensor, float *restrict luma) {
    for (int i = 0; i < cells; i++) luma[i] = ys[i] * (1.0f / 255.0f);
    for (int c = 0; c < 3; c++) {
        const float a = m[c * 4], b = m[c * 4 + 1], d = m[c * 4 + 2], e = m[c * 4 + 3], scale = m[12 + c * 2], offset = m[13 + c * 2];
        const size_t step = planar ? 1 : 3, base = planar ? (size_t)c * cells : (size_t)c;
        if (planar && !bytes) {
            float *restrict out = (float *)tensor + base;
            for (int i = 0; i < cells; i++) {
                float value = a * ys[i] + b * us[i] + d * vs[i] + e;
                value = value < 0.0f ? 0.0f : value;
                value = value > 1.0f ? 1.0f : value;
                out[i] = value * scale + offset;
            }
            continue;
        }
        for (int i = 0; i < cells; i++) {
            float value = a * ys[i] + b * us[i] + d * vs[i] + e;
            value = value < 0.0f ? 0.0f : value;
            value = value > 1.0f ? 1.0f : value;
            value = value * scale + offset;
            if (bytes) ((uint8_t *)tensor)[base + step * i] = (uint8_t)(int)(value + 0.5f);
            else ((float *)tensor)[base + step * i] = value;
        }
    }
}
