/* What all kernels share. Arrays do not overlap unless a comment says so; pixels are bytes, rows `stride` bytes apart. */
#ifndef HANDSOVER_H
#define HANDSOVER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Exported, and on x86-64 Linux compiled for several instruction sets of which the loader picks the best. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define HO_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define HO_CLONES
#endif
#define HO_KERNEL __attribute__((visibility("default"))) HO_CLONES
/* No picture is wider (PictureFormat.MAX_SIDE): a row of it fits the stack. */
#define HO_WIDEST 16384
/* A part of a kernel: compiled for the same instruction set as the kernel that it stands in. */
#define HO_PART static inline __attribute__((always_inline))

/* Where the compiler's own vectors are not enough: functions of 256-bit instructions, for machines that have them. */
#if defined(__x86_64__) && defined(__GNUC__)
#define HO_WIDE 1
#include <immintrin.h>
#define HO_WIDELY __attribute__((target("avx2")))
HO_PART int ho_wide(void) { return __builtin_cpu_supports("avx2"); }
#else
#define HO_WIDE 0
#endif

HO_PART float ho_clamp01(float v) {
    v = v < 0.0f ? 0.0f : v;
    return v > 1.0f ? 1.0f : v;
}

/* Eight floats side by side, where the compiler knows vectors; it splits them where the machine has narrower ones. */
#if defined(__GNUC__)
#define HO_VECTORS 1
typedef float ho_eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef int ho_places __attribute__((vector_size(32), aligned(4), may_alias));
#if defined(__clang__)
#define HO_PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define HO_PICK(a, b, ...) __builtin_shuffle(a, b, (ho_places){__VA_ARGS__})
#endif

/* Eight rows of eight floats, `step` apart, to eight columns. */
HO_PART void ho_turn(const float *from, size_t step, float *to, size_t to_step) {
    ho_eight r[8], t[8], u[8];
    for (int k = 0; k < 8; k++) r[k] = *(const ho_eight *)(from + k * step);
    for (int k = 0; k < 8; k += 2) {
        t[k] = HO_PICK(r[k], r[k + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        t[k + 1] = HO_PICK(r[k], r[k + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int k = 0; k < 8; k += 4) {
        u[k] = HO_PICK(t[k], t[k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        u[k + 1] = HO_PICK(t[k], t[k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        u[k + 2] = HO_PICK(t[k + 1], t[k + 3], 0, 1, 8, 9, 4, 5, 12, 13);
        u[k + 3] = HO_PICK(t[k + 1], t[k + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (int k = 0; k < 4; k++) {
        *(ho_eight *)(to + k * to_step) = HO_PICK(u[k], u[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(ho_eight *)(to + (k + 4) * to_step) = HO_PICK(u[k], u[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/* Eight rows of n floats to n groups of eight and back; n is a multiple of 8. */
HO_PART void ho_interleave(const float *rows, size_t step, int n, float *groups) {
    for (int x = 0; x < n; x += 8) ho_turn(rows + x, step, groups + (size_t)8 * x, 8);
}

HO_PART void ho_separate(const float *groups, int n, float *rows, size_t step) {
    for (int x = 0; x < n; x += 8) ho_turn(groups + (size_t)8 * x, 8, rows + x, step);
}
#else
#define HO_VECTORS 0
#endif

/*
 * Cells of a row stretched to n pixels, bilinear: cells[at] + frac * (cells[at + 1] - cells[at]). Where the row is stretched and not
 * shrunk, eight neighbours lie within eight cells: two loads and two permutations take the place of sixteen gathered values. Up to
 * eight cells beyond the last may be read.
 */
HO_PART void ho_stretch(const float *restrict cells, const int *restrict at, const float *restrict frac, int n, int wider, float *restrict out) {
    int x = 0;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    for (; wider && x + 8 <= n; x += 8) {
        ho_places from = *(const ho_places *)(at + x) - at[x];
        ho_eight here = __builtin_shuffle(*(const ho_eight *)(cells + at[x]), from);
        ho_eight next = __builtin_shuffle(*(const ho_eight *)(cells + at[x] + 1), from);
        *(ho_eight *)(out + x) = here + *(const ho_eight *)(frac + x) * (next - here);
    }
#endif
    for (; x < n; x++) {
        float v = cells[at[x]];
        out[x] = v + frac[x] * (cells[at[x] + 1] - v);
    }
    (void)wider;
}

#endif
