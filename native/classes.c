/* A network's output to a mask. The function's twin is in segment/ClassReader.java; both give the same bits. */
#include "handsover.h"

enum { BLOCK = 512 };

/*
 * The largest of the kept channels' probabilities and the likeliest channel, where each channel is a plane of the mask's own size. The
 * first of several that are equally likely counts. A value that is no number is none: 0.
 */
HO_KERNEL void ho_classes(const float *restrict planes, int channels, const uint8_t *restrict kept, int cells, float *restrict probability,
                          uint8_t *restrict likeliest) {
    for (int from = 0; from < cells; from += BLOCK) {
        const int n = cells - from < BLOCK ? cells - from : BLOCK;
        float best[BLOCK], most[BLOCK];
        int32_t which[BLOCK];
        for (int i = 0; i < n; i++) {
            best[i] = planes[from + i];
            which[i] = 0;
            most[i] = 0.0f;
        }
        for (int c = 0; c < channels; c++) {
            const float *restrict plane = planes + (size_t)c * cells + from;
            for (int i = 0; i < n; i++) {
                which[i] = plane[i] > best[i] ? c : which[i];
                best[i] = plane[i] > best[i] ? plane[i] : best[i];
            }
            if (!kept[c]) continue;
            for (int i = 0; i < n; i++) most[i] = plane[i] > most[i] ? plane[i] : most[i];
        }
        for (int i = 0; i < n; i++) {
            probability[from + i] = most[i] > 1.0f ? 1.0f : most[i];
            likeliest[from + i] = (uint8_t)which[i];
        }
    }
}
