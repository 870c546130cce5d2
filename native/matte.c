/* From mask to matte, on the mask's grid. Each function's twin is in matte/JavaMatteKernels.java; both give the same bits. */
#include "handsover.h"
#include <math.h>

/*
 * |luma - before| into change; returns its mean with each cell counted at most `ceiling`: the camera's noise, roughly. Eight sums side
 * by side, added in pairs at the end.
 */
HO_KERNEL float ho_change(const float *luma, const float *before, int n, float ceiling, float *restrict change) {
    double sums[8] = {0};
    for (int i = 0; i < n; i++) change[i] = fabsf(luma[i] - before[i]);
    int whole = n & ~7;
    for (int i = 0; i < whole; i += 8)
        for (int k = 0; k < 8; k++) sums[k] += change[i + k] < ceiling ? change[i + k] : ceiling;
    for (int i = whole; i < n; i++) sums[i & 7] += change[i] < ceiling ? change[i] : ceiling;
    double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    return (float)(sum / n);
}

/* Cells in a row of a mask, as a rule; wider ones take the plain way. */
#define HO_CELLS 1024

static inline int within(int i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }

static inline float mean9(const float *a, const float *b, const float *c, int l, int x, int r) {
    return (((a[l] + b[l]) + c[l]) + ((a[x] + b[x]) + c[x]) + ((a[r] + b[r]) + c[r])) * (1.0f / 9.0f);
}

/* Mean of 3 x 3 cells, clamped at the border; out and in differ. */
HO_KERNEL void ho_mean3(const float *restrict in, int w, int h, float *restrict out) {
    for (int y = 0; y < h; y++) {
        const float *a = in + (size_t)within(y - 1, h) * w, *b = in + (size_t)y * w, *c = in + (size_t)within(y + 1, h) * w;
        float *restrict o = out + (size_t)y * w;
        o[0] = mean9(a, b, c, 0, 0, within(1, w));
        for (int x = 1; x < w - 1; x++) o[x] = mean9(a, b, c, x - 1, x, x + 1);
        o[w - 1] = mean9(a, b, c, within(w - 2, w), w - 1, w - 1);
    }
}

static inline float most(float a, float b) { return b > a ? b : a; }

static inline float most9(const float *a, const float *b, const float *c, int l, int x, int r) {
    float left = most(most(a[l], b[l]), c[l]), middle = most(most(a[x], b[x]), c[x]), right = most(most(a[r], b[r]), c[r]);
    return most(most(left, middle), right);
}

/* Greatest of 3 x 3 cells, clamped at the border; out and in differ. */
HO_KERNEL void ho_most3(const float *restrict in, int w, int h, float *restrict out) {
    for (int y = 0; y < h; y++) {
        const float *a = in + (size_t)within(y - 1, h) * w, *b = in + (size_t)y * w, *c = in + (size_t)within(y + 1, h) * w;
        float *restrict o = out + (size_t)y * w;
        o[0] = most9(a, b, c, 0, 0, within(1, w));
        for (int x = 1; x < w - 1; x++) o[x] = most9(a, b, c, x - 1, x, x + 1);
        o[w - 1] = most9(a, b, c, within(w - 2, w), w - 1, w - 1);
    }
}

/* held = fresh where it moves; else nearer to what was held: motion = clamp((change - floor) * gain). */
HO_KERNEL void ho_hold(const float *restrict fresh, const float *restrict change, float floor, float gain, float keep, int n, float *restrict held) {
    for (int i = 0; i < n; i++) {
        float motion = ho_clamp01((change[i] - floor) * gain);
        float jump = fresh[i] - held[i];
        float sudden = ho_clamp01(((jump < 0.0f ? -jump : jump) - 0.25f) * 2.0f);
        float most = 1.0f - 0.5f * sudden, weight = keep * (1.0f - motion);
        weight = weight < most ? weight : most;
        held[i] = fresh[i] + weight * (held[i] - fresh[i]);
    }
}

/* out = clamp((in - threshold) * slope + 0.5) */
HO_KERNEL void ho_step(const float *restrict in, float threshold, float slope, int n, float *restrict out) {
    for (int i = 0; i < n; i++) out[i] = ho_clamp01((in[i] - threshold) * slope + 0.5f);
}

/* Greatest (sign 1) or least (sign -1) of the cell and of bilinear samples at `count` places around it. */
HO_KERNEL void ho_grow(const float *restrict in, int w, int h, const int *dx, const int *dy, const float *fx, const float *fy, int count,
                       float sign, float *restrict out) {
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            float best = sign * in[(size_t)y * w + x];
            for (int k = 0; k < count; k++) {
                int x0 = within(x + dx[k], w), x1 = within(x + dx[k] + 1, w), y0 = within(y + dy[k], h), y1 = within(y + dy[k] + 1, h);
                float a = in[(size_t)y0 * w + x0], b = in[(size_t)y0 * w + x1], c = in[(size_t)y1 * w + x0], d = in[(size_t)y1 * w + x1];
                float upper = a + fx[k] * (b - a), lower = c + fx[k] * (d - c), v = sign * (upper + fy[k] * (lower - upper));
                best = v > best ? v : best;
            }
            out[(size_t)y * w + x] = sign * best;
        }
    }
}

/* Running sums of a row, divided by how many cells they hold. */
HO_PART void box_row(const float *restrict in, int w, int r, const float *restrict share, float *restrict out) {
    float sum = 0;
    for (int x = 0; x <= r && x < w; x++) sum += in[x];
    for (int x = 0; x < w; x++) {
        out[x] = sum * share[x];
        if (x + r + 1 < w) sum += in[x + r + 1];
        if (x - r >= 0) sum -= in[x - r];
    }
}

#if HO_VECTORS
/* Eight rows at once, since each addition waits for the one before it in its own row alone. */
HO_PART void box_rows(const float *in, int w, int r, const float *share, float *out) {
    float groups[8 * HO_CELLS], means[8 * HO_CELLS];
    ho_interleave(in, w, w, groups);
    const ho_eight *from = (const ho_eight *)groups;
    ho_eight *to = (ho_eight *)means, sum = {0};
    for (int x = 0; x <= r && x < w; x++) sum += from[x];
    for (int x = 0; x < w; x++) {
        to[x] = sum * share[x];
        if (x + r + 1 < w) sum += from[x + r + 1];
        if (x - r >= 0) sum -= from[x - r];
    }
    ho_separate(means, w, out, w);
}
#endif

/* Means over windows of 2r + 1 cells squared, cut at the border. tmp holds w * h, sums holds w. in may be out. */
HO_KERNEL void ho_box(const float *in, int w, int h, int r, float *restrict tmp, float *restrict sums, float *out) {
    for (int x = 0; x < w; x++) sums[x] = 1.0f / (float)(within(x + r, w) - within(x - r, w) + 1);
    int y = 0;
#if HO_VECTORS
    for (; w <= HO_CELLS && w % 8 == 0 && y + 8 <= h; y += 8) box_rows(in + (size_t)y * w, w, r, sums, tmp + (size_t)y * w);
#endif
    for (; y < h; y++) box_row(in + (size_t)y * w, w, r, sums, tmp + (size_t)y * w);
    int count = 0;
    for (int x = 0; x < w; x++) sums[x] = 0;
    for (y = 0; y <= r && y < h; y++) {
        const float *line = tmp + (size_t)y * w;
        for (int x = 0; x < w; x++) sums[x] += line[x];
        count++;
    }
    for (y = 0; y < h; y++) {
        float *restrict to = out + (size_t)y * w;
        const float share = 1.0f / (float)count, *enters = tmp + (size_t)(y + r + 1) * w, *leaves = tmp + (size_t)(y - r) * w;
        if (y - r >= 0 && y + r + 1 < h) {
            for (int x = 0; x < w; x++) {
                to[x] = sums[x] * share;
                sums[x] = (sums[x] + enters[x]) - leaves[x];
            }
            continue;
        }
        for (int x = 0; x < w; x++) to[x] = sums[x] * share;
        if (y + r + 1 < h) {
            for (int x = 0; x < w; x++) sums[x] += enters[x];
            count++;
        }
        if (y - r >= 0) {
            for (int x = 0; x < w; x++) sums[x] -= leaves[x];
            count--;
        }
    }
}

HO_KERNEL void ho_products(const float *restrict luma, const float *restrict p, int n, float *restrict lp, float *restrict ll) {
    for (int i = 0; i < n; i++) { lp[i] = luma[i] * p[i]; ll[i] = luma[i] * luma[i]; }
}

/* He and Sun 2015, equations 3 and 4: a = cov(luma, p) / (var(luma) + epsilon), b = mean p - a * mean luma. */
HO_KERNEL void ho_slopes(const float *restrict ml, const float *restrict mp, const float *restrict mlp, const float *restrict mll, float epsilon,
                         int n, float *restrict a, float *restrict b) {
    for (int i = 0; i < n; i++) {
        float cov = mlp[i] - ml[i] * mp[i], var = mll[i] - ml[i] * ml[i];
        var = var < 0.0f ? 0.0f : var;
        a[i] = cov / (var + epsilon);
        b[i] = mp[i] - a[i] * ml[i];
    }
}

/* Contrast about one half, exact 0 and 1 where the surroundings are sure, and the inverse when asked. */
HO_KERNEL void ho_settle(const float *restrict around, float contrast, float sure, int invert, int n, float *restrict a, float *restrict b) {
    for (int i = 0; i < n; i++) {
        float s = a[i] * contrast, o = (b[i] - 0.5f) * contrast + 0.5f;
        if (around[i] < sure) { s = 0.0f; o = 0.0f; }
        if (around[i] > 1.0f - sure) { s = 0.0f; o = 1.0f; }
        a[i] = invert ? 0.0f - s : s;
        b[i] = invert ? 1.0f - o : o;
    }
}

/*
 * inside[i] = q[i] > 1/2, and where along each row that changes: first holds the first cell of each run, row by row, and n after the last.
 * Returns the number of runs. inside holds n bytes and 8 more, first n + 1 numbers.
 */
HO_KERNEL int ho_runs(const float *restrict q, int w, int h, uint8_t *restrict inside, int *restrict first) {
    const int n = w * h;
    int runs = 0;
    for (int i = 0; i < n; i++) inside[i] = q[i] > 0.5f;
    for (int row = 0; row < n; row += w) {
        uint8_t last = !inside[row];
        for (int i = row; i < row + w;) {
            uint64_t ahead;
            memcpy(&ahead, inside + i, 8);
            if (i + 8 <= row + w && ahead == last * UINT64_C(0x0101010101010101)) { i += 8; continue; }
            if (inside[i] != last) { first[runs++] = i; last = inside[i]; }
            i++;
        }
    }
    first[runs] = n;
    return runs;
}
