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

HO_PART float ho_clamp01(float v) {
    v = v < 0.0f ? 0.0f : v;
    return v > 1.0f ? 1.0f : v;
}

/*
 * Cells of a row stretched to n pixels, bilinear: cells[at] + frac * (cells[at + 1] - cells[at]). Where the row is stretched and not
 * shrunk, eight neighbours lie within eight cells: two loads and two permutations take the place of sixteen gathered values. Up to
 * eight cells beyond the last may be read.
 */
HO_PART void ho_stretch(const float *restrict cells, const int *restrict at, const float *restrict frac, int n, int wider, float *restrict out) {
    int x = 0;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    typedef float floats __attribute__((vector_size(32), aligned(4), may_alias));
    typedef int ints __attribute__((vector_size(32), aligned(4), may_alias));
    for (; wider && x + 8 <= n; x += 8) {
        ints from = *(const ints *)(at + x) - at[x];
        floats here = __builtin_shuffle(*(const floats *)(cells + at[x]), from);
        floats next = __builtin_shuffle(*(const floats *)(cells + at[x] + 1), from);
        *(floats *)(out + x) = here + *(const floats *)(frac + x) * (next - here);
    }
#endif
    for (; x < n; x++) {
        float v = cells[at[x]];
        out[x] = v + frac[x] * (cells[at[x] + 1] - v);
    }
    (void)wider;
}

#endif
