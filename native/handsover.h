/* What all kernels share. Arrays do not overlap unless a comment says so; pixels are bytes, rows `stride` bytes apart. */
#ifndef HANDSOVER_H
#define HANDSOVER_H

#include <stddef.h>
#include <stdint.h>

/* Exported, and on x86-64 Linux compiled for several instruction sets of which the loader picks the best. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define HO_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define HO_CLONES
#endif
#define HO_KERNEL __attribute__((visibility("default"))) HO_CLONES

static inline float ho_clamp01(float v) {
    v = v < 0.0f ? 0.0f : v;
    return v > 1.0f ? 1.0f : v;
}

#endif
