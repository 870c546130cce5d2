/* Resampling through a homography. The twin is in composite/Warp.java; both give the same bits. */
#include "handsover.h"

/* Columns that are looked at together. */
#define BLOCK 256
/* Nearer than this to a sample, interpolation gives just that sample. */
#define WHOLE 1e-9

HO_PART double clamp(double v, double most) {
    v = v > 0 ? v : 0;
    return v > most ? most : v;
}

HO_PART int beyond(double p) { return p < 0 || p > 1; }

HO_PART uint8_t mix(const uint8_t *top, const uint8_t *low, int x0, int x1, double fx, double fy) {
    double upper = top[x0] * (1 - fx) + top[x1] * fx, lower = low[x0] * (1 - fx) + low[x1] * fx;
    return (uint8_t)(int)(upper + (lower - upper) * fy + 0.5);
}

/* Rows and columns that stay rows and columns: the places of a column are found once for all rows. */
HO_PART void straight(const uint8_t *from, int stride, int w, int h, const double *m, uint8_t *to, int to_stride, int tw, int th, int clear) {
    int x0[BLOCK], x1[BLOCK], nearest[BLOCK];
    double fx[BLOCK];
    uint8_t out[BLOCK];
    for (int b = 0; b < tw; b += BLOCK) {
        const int n = tw - b < BLOCK ? tw - b : BLOCK;
        int whole = 1, cut = 0;
        for (int i = 0; i < n; i++) {
            const double px = m[0] * ((b + i + 0.5) / tw) + m[2], x = clamp(px * w - 0.5, w - 1);
            x0[i] = (int)x;
            x1[i] = x0[i] + 1 < w ? x0[i] + 1 : w - 1;
            fx[i] = x - x0[i];
            whole &= fx[i] < WHOLE || fx[i] > 1 - WHOLE;
            nearest[i] = fx[i] < 0.5 ? x0[i] : x1[i];
            out[i] = (uint8_t)(clear && beyond(px));
            cut |= out[i];
        }
        for (int y = 0; y < th; y++) {
            const double py = m[4] * ((y + 0.5) / th) + m[5], v = clamp(py * h - 0.5, h - 1);
            const int y0 = (int)v, y1 = y0 + 1 < h ? y0 + 1 : h - 1;
            const double fy = v - y0;
            const uint8_t *top = from + (size_t)y0 * stride, *low = from + (size_t)y1 * stride;
            uint8_t *restrict o = to + (size_t)y * to_stride + b;
            if (clear && beyond(py)) {
                memset(o, 0, n);
            } else if (whole && (fy < WHOLE || fy > 1 - WHOLE)) {
                const uint8_t *line = fy < 0.5 ? top : low;
                for (int i = 0; i < n; i++) o[i] = line[nearest[i]];
            } else {
                for (int i = 0; i < n; i++) o[i] = mix(top, low, x0[i], x1[i], fx[i], fy);
            }
            for (int i = 0; cut && i < n; i++) o[i] = out[i] ? 0 : o[i];
        }
    }
}

/*
 * Bilinear resampling of a plane of w x h. m holds three rows of three: the numerators of x and y and the denominator of the place in
 * the unit square for (u, v, 1). clear: outside counts as 0 instead of repeating the edge.
 */
HO_KERNEL void ho_warp(const uint8_t *from, int stride, int w, int h, const double *m, uint8_t *to, int to_stride, int tw, int th, int clear) {
    if (m[1] == 0 && m[3] == 0 && m[6] == 0 && m[7] == 0 && m[8] == 1) {
        straight(from, stride, w, h, m, to, to_stride, tw, th, clear);
        return;
    }
    double px[BLOCK], py[BLOCK], q[BLOCK];
    for (int y = 0; y < th; y++) {
        const double v = (y + 0.5) / th;
        for (int b = 0; b < tw; b += BLOCK) {
            const int n = tw - b < BLOCK ? tw - b : BLOCK;
            for (int i = 0; i < n; i++) {
                const double u = (b + i + 0.5) / tw;
                q[i] = m[6] * u + m[7] * v + m[8];
                px[i] = (m[0] * u + m[1] * v + m[2]) / q[i];
                py[i] = (m[3] * u + m[4] * v + m[5]) / q[i];
            }
            uint8_t *o = to + (size_t)y * to_stride + b;
            for (int i = 0; i < n; i++) {
                if (clear && (q[i] <= 0 || beyond(px[i]) || beyond(py[i]))) {
                    o[i] = 0;
                    continue;
                }
                const double x = clamp(px[i] * w - 0.5, w - 1), z = clamp(py[i] * h - 0.5, h - 1);
                const int x0 = (int)x, y0 = (int)z, x1 = x0 + 1 < w ? x0 + 1 : w - 1, y1 = y0 + 1 < h ? y0 + 1 : h - 1;
                o[i] = mix(from + (size_t)y0 * stride, from + (size_t)y1 * stride, x0, x1, x - x0, z - y0);
            }
        }
    }
}
