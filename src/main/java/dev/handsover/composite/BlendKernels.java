package dev.handsover.composite;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of the CPU compositor over planes of bytes, given by address and stride. Two implementations give the same
 * bits: C for speed, Java for where there is no compiler and for checking.
 */
interface BlendKernels {
    /** The fast one where it was built. */
    static BlendKernels best() {
        return NativeBlendKernels.open().orElseGet(JavaBlendKernels::new);
    }

    /**
     * Coefficients to the 16-bit numbers that {@link #alpha} takes. Slopes beyond ±16 and alphas at middle luma beyond it are
     * cut there; the guided filter's lie within.
     *
     * @param a float32 slopes, {@code cellsX · cellsY}
     * @param b float32 offsets, as many
     * @param scale the code of alpha 1
     * @param grid takes them
     */
    void cells(MemorySegment a, MemorySegment b, float scale, Grid grid);

    /**
     * alpha8 of rows {@code y0 … y0 + rows}: docs/compositing.md, section 1, a code apart at most.
     *
     * @param luma the whole plane
     * @param grid where the coefficients are and how pixels lie over them; it holds those of the same scale
     * @param alpha the whole plane of alphas
     */
    void alpha(long luma, int stride, Grid grid, int y0, int rows, float scale, long alpha, int alphaStride);

    /** Means of 2 × 2 of a plane of {@code w × h}, for rows {@code y0 … y0 + rows} of the result. */
    void halve(long in, int stride, int w, int h, int y0, int rows, long out, int outStride);

    /** {@code out = (255 · below + alpha · (above − below) + 127) / 255}; out may be below. */
    void blend(
            long above,
            int aboveStride,
            long alpha,
            int alphaStride,
            long below,
            int belowStride,
            long out,
            int outStride,
            int w,
            int rows);

    /** Those of the general looks, of the same kind. */
    SceneKernels scene();

    /** For people. */
    String describe();
}
