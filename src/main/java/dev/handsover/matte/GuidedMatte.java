package dev.handsover.matte;

import dev.handsover.frame.MatteFigures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Edge-aware upsampling: He and Sun, "Fast Guided Filter", arXiv 1505.00996, 2015. Within each window alpha is taken for a
 * linear function of luma; the coefficients are found on the mask's grid and applied to the full picture by whoever draws.
 */
final class GuidedMatte {
    private final MatteKernels kernels;
    private final int w;
    private final int h;
    private final MatteFigures.Fit figures;
    private final MemorySegment ml;
    private final MemorySegment mp;
    private final MemorySegment mlp;
    private final MemorySegment mll;
    private final MemorySegment tmp;
    private final MemorySegment sums;
    private final MemorySegment a;
    private final MemorySegment b;
    /** Stretches alpha about one half, so that the filter's own softness does not leave a veil. */
    private static final float CONTRAST = 1.2f;
    /** Nearer than this to 0 or 1, on the mean of the surroundings, the matte is exactly that. */
    private static final float SURE = 0.004f;

    GuidedMatte(MatteKernels kernels, int w, int h, MatteFigures.Fit figures, Arena arena) {
        this.kernels = kernels;
        this.w = w;
        this.h = h;
        this.figures = figures;
        long bytes = 4L * w * h;
        this.ml = arena.allocate(bytes, 64);
        this.mp = arena.allocate(bytes, 64);
        this.mlp = arena.allocate(bytes, 64);
        this.mll = arena.allocate(bytes, 64);
        this.tmp = arena.allocate(bytes, 64);
        this.sums = arena.allocate(4L * w, 64);
        this.a = arena.allocate(bytes, 64);
        this.b = arena.allocate(bytes, 64);
    }

    /**
     * @param radius of the windows in cells
     * @param epsilon variance of luma (0..1) below which a window counts as flat
     */
    static MatteFigures.Fit figures(int radius, float epsilon, boolean invert) {
        return new MatteFigures.Fit(radius, epsilon, CONTRAST, SURE, invert);
    }

    /**
     * Finds the coefficients.
     *
     * @param p mask 0..1
     * @param luma guide 0..1
     */
    void filter(MemorySegment p, MemorySegment luma) {
        int n = w * h;
        int radius = figures.radius();
        kernels.products(luma, p, n, mlp, mll);
        kernels.box(luma, w, h, radius, tmp, sums, ml);
        kernels.box(p, w, h, radius, tmp, sums, mp);
        kernels.box(mlp, w, h, radius, tmp, sums, mlp);
        kernels.box(mll, w, h, radius, tmp, sums, mll);
        kernels.slopes(ml, mp, mlp, mll, figures.epsilon(), n, a, b);
        kernels.box(a, w, h, radius, tmp, sums, a);
        kernels.box(b, w, h, radius, tmp, sums, b);
        kernels.box(mp, w, h, radius, tmp, sums, mp);
        kernels.settle(mp, figures.contrast(), figures.sure(), figures.invert(), n, a, b);
    }

    MemorySegment a() {
        return a;
    }

    MemorySegment b() {
        return b;
    }
}
