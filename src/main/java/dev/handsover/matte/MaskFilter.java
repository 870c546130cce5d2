package dev.handsover.matte;

import dev.handsover.frame.Mask;
import dev.handsover.frame.MatteFigures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Steadies masks over time where the picture stands still. Motion is what luma does beyond the camera's own noise, over 3 × 3
 * cells and their neighbours, so that both the place that a hand enters and the place that it leaves follow at once.
 */
final class MaskFilter {
    /** Luma steps of one frame beyond this count as motion, not as noise. */
    private static final float NOISE_CEILING = 0.02f;
    /** Motion begins at so many times the mean noise, and is certain this much further on (both of luma 0..1). */
    private static final float FLOOR_TIMES = 1.5f;

    private static final float FLOOR_LEAST = 0.004f;
    private static final float SURE_WITHIN = 0.016f;
    /** The most of the past that a still cell keeps, at {@code smooth} 1. */
    private static final float KEEP_MOST = 0.92f;
    /** A mean luma step like this is a cut. */
    private static final float CUT = 0.12f;

    private final MatteKernels kernels;
    private final int w;
    private final int h;
    private final MatteFigures.Steady figures;
    private final MemorySegment held;
    private final MemorySegment before;
    private final MemorySegment change;
    private final MemorySegment spread;
    private boolean empty = true;

    MaskFilter(MatteKernels kernels, int w, int h, MatteFigures.Steady figures, Arena arena) {
        this.kernels = kernels;
        this.w = w;
        this.h = h;
        this.figures = figures;
        long bytes = 4L * w * h;
        this.held = arena.allocate(bytes, 64);
        this.before = arena.allocate(bytes, 64);
        this.change = arena.allocate(bytes, 64);
        this.spread = arena.allocate(bytes, 64);
    }

    static MatteFigures.Steady figures(float smooth) {
        return new MatteFigures.Steady(KEEP_MOST * smooth, NOISE_CEILING, FLOOR_TIMES, FLOOR_LEAST, SURE_WITHIN, CUT);
    }

    /** The steadied probability; it stays this filter's and changes with the next call. */
    MemorySegment filter(Mask mask) {
        int n = w * h;
        if (figures.keep() == 0) {
            return mask.probability();
        }
        if (!empty) {
            float all = kernels.change(mask.luma(), before, n, 1, change);
            float noise = all > figures.cut() ? 0 : kernels.change(mask.luma(), before, n, figures.ceiling(), change);
            empty = all > figures.cut();
            if (!empty) {
                kernels.mean3(change, w, h, spread);
                kernels.most3(spread, w, h, change);
                float floor = Math.max(figures.floorLeast(), figures.floorTimes() * noise);
                kernels.hold(mask.probability(), change, floor, 1 / figures.within(), figures.keep(), n, held);
            }
        }
        if (empty) {
            MemorySegment.copy(mask.probability(), 0, held, 0, 4L * n);
            empty = false;
        }
        MemorySegment.copy(mask.luma(), 0, before, 0, 4L * n);
        return held;
    }

    /** Forgets the past. */
    void reset() {
        empty = true;
    }
}
