/*
 * Looks made of the scene itself, and those that need no alpha of another picture. Each function's twin is in
 * composite/JavaSceneKernels.java; both give the same bits. Cells are float planes without gaps between their rows.
 */
#include "handsover.h"

HO_PART int least(int a, int b) { return a < b ? a : b; }

HO_PART void weigh_row(const uint8_t *restrict from, const uint8_t *restrict alpha, int whole, int cell, int *restrict ws, int *restrict vs) {
    for (int c = 0; c < whole; c++) {
        int w = 0, v = 0;
        for (int k = 0; k < cell; k++) {
            int rest = 255 - alpha[c * cell + k];
            w += rest;
            v += rest * from[c * cell + k];
        }
        ws[c] += w;
        vs[c] += v;
    }
}

/*
 * Sums over square cells of a plane of w x h: of 255 - alpha into weights, of (255 - alpha) * code into values. across and down
 * cells; those at the right and lower edge hold fewer samples, or none.
 */
HO_KERNEL void ho_weigh(const uint8_t *from, int stride, const uint8_t *alpha, int alpha_stride, int w, int h, int cell, int across, int down,
                        float *restrict weights, float *restrict values) {
    int ws[HO_WIDEST / 4], vs[HO_WIDEST / 4];
    const int whole = least(across, w / cell);
    for (int cy = 0; cy < down; cy++) {
        memset(ws, 0, sizeof(int) * across);
        memset(vs, 0, sizeof(int) * across);
        for (int y = cy * cell; y < least(h, cy * cell + cell); y++) {
            const uint8_t *line = from + (size_t)y * stride, *cover = alpha + (size_t)y * alpha_stride;
            if (cell == 4) weigh_row(line, cover, whole, 4, ws, vs);
            else if (cell == 2) weigh_row(line, cover, whole, 2, ws, vs);
            else weigh_row(line, cover, whole, cell, ws, vs);
            for (int x = whole * cell; x < w && whole < across; x++) {
                int rest = 255 - cover[x];
                ws[whole] += rest;
                vs[whole] += rest * line[x];
            }
        }
        for (int c = 0; c < across; c++) {
            weights[(size_t)cy * across + c] = (float)ws[c];
            values[(size_t)cy * across + c] = (float)vs[c];
        }
    }
}

HO_PART void run_row(const float *restrict in, int w, int r, float share, float *restrict out) {
    double sum = 0;
    for (int x = 0; x <= r && x < w; x++) sum += in[x];
    for (int x = 0; x < w; x++) {
        out[x] = (float)(sum * share);
        if (x + r + 1 < w) sum += in[x + r + 1];
        if (x - r >= 0) sum -= in[x - r];
    }
}

#if HO_VECTORS
/* Cells in a row, as a rule; wider ones take the plain way. */
#define CELLS 1024

/* Eight rows at once, since each addition waits for the one before it in its own row alone. */
HO_PART void run_rows(const float *in, int w, int r, float share, float *out) {
    float groups[8 * CELLS], means[8 * CELLS];
    double sum[8] = {0};
    ho_interleave(in, w, w, groups);
    for (int x = 0; x <= r && x < w; x++)
        for (int k = 0; k < 8; k++) sum[k] += groups[8 * x + k];
    for (int x = 0; x < w; x++) {
        for (int k = 0; k < 8; k++) means[8 * x + k] = (float)(sum[k] * share);
        if (x + r + 1 < w)
            for (int k = 0; k < 8; k++) sum[k] += groups[8 * (x + r + 1) + k];
        if (x - r >= 0)
            for (int k = 0; k < 8; k++) sum[k] -= groups[8 * (x - r) + k];
    }
    ho_separate(means, w, out, w);
}
#endif

/* Three box filters of 2r + 1 cells each way, in place; what lies outside counts nothing. tmp holds w * h cells. */
HO_KERNEL void ho_boxes(float *restrict plane, float *restrict tmp, int w, int h, int r) {
    double sums[HO_WIDEST / 4];
    const float share = 1.0f / (float)(2 * r + 1);
    for (int pass = 0; pass < 3; pass++) {
        int y = 0;
#if HO_VECTORS
        for (; w <= CELLS && w % 8 == 0 && y + 8 <= h; y += 8) run_rows(plane + (size_t)y * w, w, r, share, tmp + (size_t)y * w);
#endif
        for (; y < h; y++) run_row(plane + (size_t)y * w, w, r, share, tmp + (size_t)y * w);
        for (int x = 0; x < w; x++) sums[x] = 0;
        for (y = 0; y <= r && y < h; y++)
            for (int x = 0; x < w; x++) sums[x] += tmp[(size_t)y * w + x];
        for (y = 0; y < h; y++) {
            float *restrict to = plane + (size_t)y * w;
            const float *enters = tmp + (size_t)(y + r + 1) * w, *leaves = tmp + (size_t)(y - r) * w;
            if (y - r >= 0 && y + r + 1 < h) {
                for (int x = 0; x < w; x++) {
                    to[x] = (float)(sums[x] * share);
                    sums[x] = (sums[x] + enters[x]) - leaves[x];
                }
                continue;
            }
            for (int x = 0; x < w; x++) to[x] = (float)(sums[x] * share);
            if (y + r + 1 < h)
                for (int x = 0; x < w; x++) sums[x] += enters[x];
            if (y - r >= 0)
                for (int x = 0; x < w; x++) sums[x] -= leaves[x];
        }
    }
}

/* values / weights where the weight is more than a thousandth of the full one, else `otherwise`. */
HO_KERNEL void ho_quotients(const float *restrict values, const float *restrict weights, const float *restrict full, float otherwise, int n,
                            float *restrict out) {
    for (int i = 0; i < n; i++) {
        float share = values[i] / weights[i];
        out[i] = weights[i] > full[i] * 1e-3f ? share : otherwise;
    }
}

/*
 * Cells of across x down read bilinearly at every sample of a plane of w x h, rounded to codes. at and frac hold a row's places, per
 * is the cells that a sample is wide. Up to 8 floats after the last cell are read.
 */
HO_KERNEL void ho_spread(const float *restrict cells, int across, int down, const int *at, const float *frac, double per, int w, int h,
                         uint8_t *out, int stride) {
    float scratch[2 * HO_WIDEST];
    int held[2] = {-1, -1};
    for (int y = 0; y < h; y++) {
        double place = (y + 0.5) * per - 0.5;
        place = place < 0 ? 0 : place;
        place = place > down - 1 ? down - 1 : place;
        int top = least((int)place, down - 2);
        top = top < 0 ? 0 : top;
        const float f = down == 1 ? 0.0f : (float)(place - top);
        const int rows[2] = {top, down == 1 ? top : top + 1};
        for (int k = 0; k < 2; k++) {
            if (held[rows[k] & 1] == rows[k]) continue;
            held[rows[k] & 1] = rows[k];
            const float *line = cells + (size_t)rows[k] * across;
            float *to = scratch + (size_t)(rows[k] & 1) * w;
            if (across == 1) for (int x = 0; x < w; x++) to[x] = line[0];
            else ho_stretch(line, at, frac, w, 1, to);
        }
        const float *restrict u = scratch + (size_t)(rows[0] & 1) * w, *restrict l = scratch + (size_t)(rows[1] & 1) * w;
        uint8_t *restrict o = out + (size_t)y * stride;
        for (int x = 0; x < w; x++) o[x] = (uint8_t)(int)((u[x] + f * (l[x] - u[x])) + 0.5f);
    }
}

/* Sums over a rectangle of n x rows samples: of 255 - alpha, and of (255 - alpha) * code. */
HO_PART void weigh_square(const uint8_t *from, int stride, const uint8_t *alpha, int alpha_stride, int n, int rows, int64_t *sums) {
    sums[0] = sums[1] = 0;
    for (int y = 0; y < rows; y++) {
        const uint8_t *restrict v = from + (size_t)y * stride, *restrict a = alpha + (size_t)y * alpha_stride;
        uint32_t ws = 0, vs = 0;
        for (int x = 0; x < n; x++) {
            uint32_t rest = 255u - a[x];
            ws += rest;
            vs += rest * v[x];
        }
        sums[0] += ws;
        sums[1] += vs;
    }
}

/* Squares of `side` samples, each the weighted mean of its samples; without weight that of the whole plane; without that `nothing`. */
HO_KERNEL void ho_squares(const uint8_t *from, int stride, const uint8_t *alpha, int alpha_stride, int w, int h, int side, int nothing,
                          uint8_t *out, int out_stride) {
    int whole = -1;
    for (int y0 = 0; y0 < h; y0 += side) {
        const int rows = least(h - y0, side);
        uint8_t *first = out + (size_t)y0 * out_stride;
        for (int x0 = 0; x0 < w; x0 += side) {
            const int n = least(w - x0, side);
            int64_t sums[2];
            weigh_square(from + (size_t)y0 * stride + x0, stride, alpha + (size_t)y0 * alpha_stride + x0, alpha_stride, n, rows, sums);
            if (sums[0] == 0 && whole < 0) {
                int64_t all[2];
                weigh_square(from, stride, alpha, alpha_stride, w, h, all);
                whole = all[0] == 0 ? nothing : (int)((2 * all[1] + all[0]) / (2 * all[0]));
            }
            memset(first + x0, sums[0] == 0 ? whole : (int)((2 * sums[1] + sums[0]) / (2 * sums[0])), n);
        }
        for (int y = 1; y < rows; y++) memcpy(first + (size_t)y * out_stride, first, w);
    }
}

/* Luma of a mask: offset + span * alpha / 255, rounded. */
HO_KERNEL void ho_gray(const uint8_t *alpha, int alpha_stride, int offset, int span, int w, int h, uint8_t *out, int out_stride) {
    uint8_t codes[256];
    for (int a = 0; a < 256; a++) codes[a] = (uint8_t)(offset + (2 * span * a + 255) / 510);
    for (int y = 0; y < h; y++) {
        const uint8_t *restrict a = alpha + (size_t)y * alpha_stride;
        uint8_t *restrict o = out + (size_t)y * out_stride;
        for (int x = 0; x < w; x++) o[x] = codes[a[x]];
    }
}

/*
 * A row of a layer over codes of straight alpha: (255 t f + b (255 - t) g + half) / whole, whole = 255 t + b (255 - t), where b is the alpha
 * of the samples that are there. Where the layer is clear nothing changes.
 */
HO_KERNEL void ho_over(const uint8_t *restrict f, const uint8_t *restrict alpha, const uint8_t *restrict before, uint8_t *restrict onto, int w) {
    for (int x = 0; x < w; x++) {
        const int t = alpha[x], rest = before[x] * (255 - t);
        if (t == 0) continue;
        const int whole = 255 * t + rest;
        /* nothing below, nothing to divide */
        onto[x] = rest == 0 ? f[x] : (uint8_t)((255 * t * f[x] + rest * onto[x] + whole / 2) / whole);
    }
}

/* A row of alpha over alpha: t + (a (255 - t) + 127) / 255 */
HO_KERNEL void ho_cover(const uint8_t *restrict t, uint8_t *restrict a, int w) {
    for (int x = 0; x < w; x++) {
        uint16_t v = (uint16_t)(a[x] * (255 - t[x]) + 127);
        a[x] = (uint8_t)(t[x] + ((uint16_t)(v + 1 + (v >> 8)) >> 8));
    }
}
