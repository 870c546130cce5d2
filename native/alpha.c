/*
 * Alpha from the matte's coefficients, in 16-bit fixed point, 32 pixels at a time. Its twin is in composite/JavaBlendKernels.java; both
 * give the same bits.
 *
 * A cell becomes two numbers: how many eighths of a code of alpha belong to 256 codes of luma, and the alpha at luma 128 in eighths of a
 * code, with 4 more for the rounding of the last shift. Nothing saturates while slopes and those alphas stay within +-16 and neighbours
 * less than 16 apart, as the guided filter's do: |a| <= 1.2 / (4 sqrt(epsilon)) = 15, and its last boxes bring neighbours near. The
 * result is at most a code away from the formula of docs/compositing.md.
 */
#include "handsover.h"
#include <math.h>

#define BLOCK 32
/* What a cell of sure 0 comes to. */
#define NONE 4

HO_PART int16_t cut(int v) { return (int16_t)(v < -32768 ? -32768 : v > 32767 ? 32767 : v); }

/* from + (to - from) * frac / 32768, rounded; the difference saturates. */
HO_PART int between(int from, int to, int frac) { return from + ((cut(to - from) * frac + 0x4000) >> 15); }

#if HO_WIDE
/* Of a row of cells, 16 at a time; returns how many were done. Converting to integers rounds, packing saturates. */
HO_WIDELY static int cells_wide(const float *a, const float *b, int n, float steep, float half, float eighths, int16_t *slope, int16_t *mid) {
    const __m256 by = _mm256_set1_ps(steep), up = _mm256_set1_ps(half), to = _mm256_set1_ps(eighths), more = _mm256_set1_ps(NONE);
    int x = 0;
    for (; x + 16 <= n; x += 16) {
        const __m256 p = _mm256_loadu_ps(a + x), q = _mm256_loadu_ps(a + x + 8);
        const __m256 u = _mm256_add_ps(_mm256_loadu_ps(b + x), _mm256_mul_ps(p, up)), v = _mm256_add_ps(_mm256_loadu_ps(b + x + 8), _mm256_mul_ps(q, up));
        const __m256i s = _mm256_packs_epi32(_mm256_cvtps_epi32(_mm256_mul_ps(p, by)), _mm256_cvtps_epi32(_mm256_mul_ps(q, by)));
        const __m256i m = _mm256_packs_epi32(_mm256_cvtps_epi32(_mm256_add_ps(_mm256_mul_ps(u, to), more)),
                                             _mm256_cvtps_epi32(_mm256_add_ps(_mm256_mul_ps(v, to), more)));
        _mm256_storeu_si256((__m256i *)(slope + x), _mm256_permute4x64_epi64(s, 0xd8));
        _mm256_storeu_si256((__m256i *)(mid + x), _mm256_permute4x64_epi64(m, 0xd8));
    }
    return x;
}
#endif

/* Coefficients of mw x mh cells to 16 bits; rows of mw + 1, the last cell twice. */
HO_KERNEL void ho_cells(const float *restrict a, const float *restrict b, int mw, int mh, float scale, int16_t *restrict slope,
                        int16_t *restrict mid) {
    const float steep = scale * (2048.0f / 255.0f), eighths = 8.0f * scale, half = 128.0f / 255.0f;
    for (int y = 0; y < mh; y++) {
        const float *restrict p = a + (size_t)y * mw, *restrict q = b + (size_t)y * mw;
        int16_t *restrict s = slope + (size_t)y * (mw + 1), *restrict m = mid + (size_t)y * (mw + 1);
        int x = 0;
#if HO_WIDE
        if (ho_wide()) x = cells_wide(p, q, mw, steep, half, eighths, s, m);
#endif
        for (; x < mw; x++) {
            s[x] = cut((int)lrintf(p[x] * steep));
            m[x] = cut((int)lrintf((q[x] + p[x] * half) * eighths + (float)NONE));
        }
        s[mw] = s[mw - 1];
        m[mw] = m[mw - 1];
    }
}

/* What a call is about; planes begin with the rows in hand. */
typedef struct {
    const int16_t *slope, *mid;
    const int *at;
    const int16_t *frac;
    const uint8_t *picks, *luma;
    uint8_t *alpha;
    int cells, w, stride, alpha_stride, most, one;
    /* pixels of a cell */
    float wider;
} ho_job;

/* 32 columns of the two rows of the grid in hand, slopes then alphas; row y of the grid stands in y & 1, and which it is beside it. */
typedef struct {
    _Alignas(32) int16_t row[2][2][BLOCK];
    int is[2];
} ho_block;

/* Columns from .. end of n rows that are surely `code`; nothing when it is -1. Whole rows in one go: short ones cost twice as much. */
HO_PART void fill(const ho_job *j, int n, int from, int end, int code) {
    if (code < 0) return;
    if (end - from == j->alpha_stride) memset(j->alpha, code, (size_t)n * j->alpha_stride);
    else for (int k = 0; k < n; k++) memset(j->alpha + (size_t)k * j->alpha_stride + from, code, end - from);
}

/* The code of cells first .. last of both rows where they all are sure and the same, else -1. */
HO_PART int sure(const ho_job *j, size_t upper, size_t lower, int first, int last) {
    const int16_t *s0 = j->slope + upper, *s1 = j->slope + lower, *m0 = j->mid + upper, *m1 = j->mid + lower;
    const int mid = m0[first];
    if (mid != NONE && mid != j->one) return -1;
    int differs = 0;
    for (int c = first; c <= last; c++) differs |= s0[c] | s1[c] | (m0[c] ^ mid) | (m1[c] ^ mid);
    return differs ? -1 : mid == NONE ? 0 : j->most;
}

HO_PART void stretch(const int16_t *cells, const int *at, const int16_t *frac, int n, int16_t *out) {
    for (int x = 0; x < n; x++) out[x] = (int16_t)between(cells[at[x]], cells[at[x] + 1], frac[x]);
}

/* n rows between two rows of the grid, that begin at cells `upper` and `lower`; f: how far down each lies, of 32768. */
HO_PART void rows_plain(const ho_job *j, size_t upper, size_t lower, const int16_t *f, int n) {
    int16_t s0[BLOCK], m0[BLOCK], s1[BLOCK], m1[BLOCK];
    for (int x = 0; x < j->w; x += BLOCK) {
        const int m = j->w - x < BLOCK ? j->w - x : BLOCK, known = sure(j, upper, lower, j->at[x], j->at[x + m - 1] + 1);
        fill(j, n, x, x + m, known);
        if (known >= 0) continue;
        stretch(j->slope + upper, j->at + x, j->frac + x, m, s0);
        stretch(j->slope + lower, j->at + x, j->frac + x, m, s1);
        stretch(j->mid + upper, j->at + x, j->frac + x, m, m0);
        stretch(j->mid + lower, j->at + x, j->frac + x, m, m1);
        for (int k = 0; k < n; k++) {
            const uint8_t *luma = j->luma + (size_t)k * j->stride + x;
            uint8_t *out = j->alpha + (size_t)k * j->alpha_stride + x;
            for (int i = 0; i < m; i++) {
                int v = cut(((between(s0[i], s1[i], f[k]) * (luma[i] - 128)) >> 8) + between(m0[i], m1[i], f[k])) >> 3;
                v = v < 0 ? 0 : v;
                out[i] = (uint8_t)(v > j->most ? j->most : v);
            }
        }
    }
}

#if HO_WIDE
/*
 * Eight columns of both planes: the lower half of a register holds slopes, the upper one alphas. picks say which bytes of eight cells each
 * column takes, and which of the next cell.
 */
HO_WIDELY static inline __m256i eight_wide(const int16_t *slope, const int16_t *mid, int base, const int16_t *frac, const uint8_t *picks) {
#define BOTH(p) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(p)))
    const __m256i cells = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(slope + base))),
                                                  _mm_loadu_si128((const __m128i *)(mid + base)), 1);
    const __m256i here = _mm256_shuffle_epi8(cells, BOTH(picks)), next = _mm256_shuffle_epi8(cells, BOTH(picks + 16));
    return _mm256_add_epi16(here, _mm256_mulhrs_epi16(_mm256_subs_epi16(next, here), BOTH(frac)));
#undef BOTH
}

/* 32 columns, left as unpacking bytes leaves them: 0-7, 16-23, 8-15, 24-31. */
HO_WIDELY static inline void stretch_wide(const ho_job *j, size_t row, int x, int16_t out[2][BLOCK]) {
    const int16_t *slope = j->slope + row, *mid = j->mid + row;
    for (int q = x; q < x + 16; q += 8) {
        const __m256i near = eight_wide(slope, mid, j->at[q], j->frac + q, j->picks + 4 * (size_t)q);
        const __m256i far = eight_wide(slope, mid, j->at[q + 16], j->frac + q + 16, j->picks + 4 * (size_t)(q + 16));
        _mm256_store_si256((__m256i *)(out[0] + 2 * (q - x)), _mm256_permute2x128_si256(near, far, 0x20));
        _mm256_store_si256((__m256i *)(out[1] + 2 * (q - x)), _mm256_permute2x128_si256(near, far, 0x31));
    }
}

/* 32 columns of n rows; n is known where it is called, so that no branch is guessed. */
HO_WIDELY static inline __attribute__((always_inline)) void apply_rows(const uint8_t *luma, int stride, int16_t from[2][BLOCK], int16_t to[2][BLOCK],
                                                                       const int16_t *f, int n, int most, uint8_t *alpha, int alpha_stride) {
    const __m256i sign = _mm256_set1_epi8(-128), zero = _mm256_setzero_si256(), limit = _mm256_set1_epi8((char)most);
#define HALF(p, k) _mm256_load_si256((const __m256i *)(p) + (k))
    const __m256i sl = HALF(from[0], 0), sh = HALF(from[0], 1), ml = HALF(from[1], 0), mh = HALF(from[1], 1);
    const __m256i dsl = _mm256_subs_epi16(HALF(to[0], 0), sl), dsh = _mm256_subs_epi16(HALF(to[0], 1), sh);
    const __m256i dml = _mm256_subs_epi16(HALF(to[1], 0), ml), dmh = _mm256_subs_epi16(HALF(to[1], 1), mh);
#undef HALF
#pragma GCC unroll 4
    for (int k = 0; k < n; k++) {
        const __m256i part = _mm256_set1_epi16(f[k]);
        const __m256i y = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(luma + (size_t)k * stride)), sign);
        /* (luma - 128) * 256, times the slope: the upper half of the product */
        __m256i low = _mm256_mulhi_epi16(_mm256_add_epi16(sl, _mm256_mulhrs_epi16(dsl, part)), _mm256_unpacklo_epi8(zero, y));
        __m256i high = _mm256_mulhi_epi16(_mm256_add_epi16(sh, _mm256_mulhrs_epi16(dsh, part)), _mm256_unpackhi_epi8(zero, y));
        low = _mm256_adds_epi16(low, _mm256_add_epi16(ml, _mm256_mulhrs_epi16(dml, part)));
        high = _mm256_adds_epi16(high, _mm256_add_epi16(mh, _mm256_mulhrs_epi16(dmh, part)));
        const __m256i codes = _mm256_packus_epi16(_mm256_srai_epi16(low, 3), _mm256_srai_epi16(high, 3));
        _mm256_storeu_si256((__m256i *)(alpha + (size_t)k * alpha_stride), _mm256_min_epu8(codes, limit));
    }
}

HO_WIDELY static inline void apply_wide(const uint8_t *luma, int stride, int16_t from[2][BLOCK], int16_t to[2][BLOCK], const int16_t *f, int n,
                                        int most, uint8_t *alpha, int alpha_stride) {
    for (; n > 4; n -= 4, f += 4, luma += 4 * (size_t)stride, alpha += 4 * (size_t)alpha_stride)
        apply_rows(luma, stride, from, to, f, 4, most, alpha, alpha_stride);
    switch (n) {
    case 1: apply_rows(luma, stride, from, to, f, 1, most, alpha, alpha_stride); break;
    case 2: apply_rows(luma, stride, from, to, f, 2, most, alpha, alpha_stride); break;
    case 3: apply_rows(luma, stride, from, to, f, 3, most, alpha, alpha_stride); break;
    case 4: apply_rows(luma, stride, from, to, f, 4, most, alpha, alpha_stride); break;
    }
}

/* Where the run of cells that say what cell `first` says in both rows ends, if that is surely 0 or 1; else `first`. */
HO_WIDELY static inline int run_wide(const ho_job *j, size_t upper, size_t lower, int first) {
    const int mid = j->mid[upper + first];
    if (mid != NONE && mid != j->one) return first;
    const __m256i same = _mm256_set1_epi16((short)mid), zero = _mm256_setzero_si256();
#define CELLS(p) _mm256_loadu_si256((const __m256i *)((p) + c))
    for (int c = first; c < j->cells; c += 16) {
        const __m256i slopes = _mm256_or_si256(CELLS(j->slope + upper), CELLS(j->slope + lower));
        const __m256i other = _mm256_or_si256(_mm256_xor_si256(CELLS(j->mid + upper), same), _mm256_xor_si256(CELLS(j->mid + lower), same));
        const uint32_t none = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_or_si256(slopes, other), zero));
        if (none) return c + __builtin_ctz(none) / 2;
    }
#undef CELLS
    return j->cells;
}

HO_WIDELY static inline void block_wide(const ho_job *j, ho_block *b, size_t upper, size_t lower, int row, int next, int x, const int16_t *f, int n) {
    if (b->is[row & 1] != row) { b->is[row & 1] = row; stretch_wide(j, upper, x, b->row[row & 1]); }
    if (b->is[next & 1] != next) { b->is[next & 1] = next; stretch_wide(j, lower, x, b->row[next & 1]); }
    const uint8_t *luma = j->luma + x;
    uint8_t *alpha = j->alpha + x;
    if (j->w - x >= BLOCK) {
        apply_wide(luma, j->stride, b->row[row & 1], b->row[next & 1], f, n, j->most, alpha, j->alpha_stride);
        return;
    }
    for (int k = 0; k < n; k++) {
        uint8_t in[BLOCK] = {0}, out[BLOCK];
        memcpy(in, luma + (size_t)k * j->stride, j->w - x);
        apply_wide(in, 0, b->row[row & 1], b->row[next & 1], f + k, 1, j->most, out, 0);
        memcpy(alpha + (size_t)k * j->alpha_stride, out, j->w - x);
    }
}

/* As rows_plain(), with what is known of each block from the rows before; cells that say the same are filled in one go. */
HO_WIDELY static void rows_wide(const ho_job *j, ho_block *blocks, int row, int next, const int16_t *f, int n) {
    const size_t upper = (size_t)row * j->cells, lower = (size_t)next * j->cells;
    for (int x = 0; x < j->w;) {
        const int first = j->at[x], end = run_wide(j, upper, lower, first);
        /* whole blocks whose columns all lie before the last cell of the run, none of them for certain if one less */
        int until = end >= j->cells ? j->w : (int)(((float)end - 0.5f) * j->wider - 1.5f) & ~(BLOCK - 1);
        if (end > first + 1 && until > x) {
            fill(j, n, x, until, j->mid[upper + first] == NONE ? 0 : j->most);
            x = until;
        } else {
            block_wide(j, blocks + x / BLOCK, upper, lower, row, next, x, f, n);
            x += BLOCK;
        }
    }
}
#endif

/*
 * alpha8 of rows y0 .. y0 + rows of a picture w wide: cells as ho_cells leaves them, bilinear; at and frac (of 32768) hold w places in a
 * row, and as many more as fill the last 32, down and part those of each row; picks holds 32 bytes for each eight of them (see eight_wide), or is NULL where eight columns
 * reach over more than eight cells. Up to 16 cells beyond the last are read. Most of a picture is surely hand or surely not: there
 * nothing is computed.
 */
HO_KERNEL void ho_alpha(const uint8_t *luma, int stride, int w, int y0, int rows, const int16_t *slope, const int16_t *mid, int mw, int mh,
                        const int *at, const int16_t *frac, const uint8_t *picks, const int *down, const int16_t *part, float scale,
                        uint8_t *alpha, int alpha_stride) {
    ho_job j = {slope, mid, at, frac, picks, luma + (size_t)y0 * stride, alpha + (size_t)y0 * alpha_stride, mw + 1, w, stride, alpha_stride,
                (int)(scale + 0.5f), cut((int)lrintf(8.0f * scale + (float)NONE)), (float)w / (float)mw};
#if HO_WIDE
    const int wide = picks && ho_wide();
    ho_block blocks[HO_WIDEST / BLOCK];
    for (int i = 0; wide && i < (w + BLOCK - 1) / BLOCK; i++) blocks[i].is[0] = blocks[i].is[1] = -1;
#endif
    for (int y = y0; y < y0 + rows;) {
        /* rows of pixels that lie between the same two rows of the grid */
        int n = 1;
        while (y + n < y0 + rows && down[y + n] == down[y]) n++;
        const int top = down[y], next = top + 1 < mh ? top + 1 : top;
#if HO_WIDE
        if (wide) rows_wide(&j, blocks, top, next, part + y, n);
        else
#endif
            rows_plain(&j, (size_t)top * j.cells, (size_t)next * j.cells, part + y, n);
        j.luma += (size_t)n * stride;
        j.alpha += (size_t)n * alpha_stride;
        y += n;
    }
}
