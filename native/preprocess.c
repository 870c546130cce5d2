/* Frame to input tensor. Each function's twin is in segment/Preprocess.java; both give the same bits. */
#include "handsover.h"

/* Means of a plane over width x height cells: rows of a cell summed first, into row[source], then its columns. */
HO_KERNEL void ho_area(const uint8_t *plane, int stride, int source, int height, const int *ystart, const float *yweight, int ymost,
                       const int *xstart, const float *xweight, int xmost, int width, float *restrict row, float *restrict mean) {
    for (int cy = 0; cy < height; cy++) {
        const float *yw = yweight + (size_t)cy * ymost;
        const uint8_t *first = plane + (size_t)ystart[cy] * stride;
        for (int x = 0; x < source; x++) row[x] = 0.0f + yw[0] * (float)first[x];
        for (int k = 1; k < ymost; k++) {
            const uint8_t *line = first + (size_t)k * stride;
            const float w = yw[k];
            for (int x = 0; x < source; x++) row[x] += w * (float)line[x];
        }
        for (int cx = 0; cx < width; cx++) {
            const float *xw = xweight + (size_t)cx * xmost;
            const float *from = row + xstart[cx];
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
