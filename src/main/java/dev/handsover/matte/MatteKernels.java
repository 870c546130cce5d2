package dev.handsover.matte;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of the matte over planes of {@code w · h} float32 cells. Two implementations give the same bits: C for
 * speed, Java for where there is no compiler and for checking. Stateless; planes do not overlap unless said.
 */
interface MatteKernels {
    /** The fast one where it was built. */
    static MatteKernels best() {
        return NativeMatteKernels.open().orElseGet(JavaMatteKernels::new);
    }

    /** {@code change = |luma − before|}; returns its mean, each cell counted as {@code ceiling} at most. */
    float change(MemorySegment luma, MemorySegment before, int n, float ceiling, MemorySegment change);

    /** Mean of 3 × 3 cells, clamped at the border. */
    void mean3(MemorySegment in, int w, int h, MemorySegment out);

    /** Greatest of 3 × 3 cells, clamped at the border. */
    void most3(MemorySegment in, int w, int h, MemorySegment out);

    /**
     * {@code held += (fresh − held) · (1 − w)} with {@code w = min(keep · (1 − clamp((change − floor) · gain)), 1 − 0.5 s)} and
     * {@code s = clamp((|fresh − held| − 0.25) · 2)}: no hold where it moves, and where the network changes its mind
     * altogether a hold that hides one frame but leaves no ghost.
     */
    void hold(
            MemorySegment fresh, MemorySegment change, float floor, float gain, float keep, int n, MemorySegment held);

    /** {@code out = clamp((in − threshold) · slope + 0.5)}. */
    void step(MemorySegment in, float threshold, float slope, int n, MemorySegment out);

    /**
     * Greatest (sign 1) or least (sign −1) of each cell and of bilinear samples around it.
     *
     * @param around whole cells to the left upper of the four samples, and the fractions beyond
     */
    void grow(MemorySegment in, int w, int h, Ring around, float sign, MemorySegment out);

    /** Means over windows of (2r+1)², cut at the border; {@code tmp} holds w · h, {@code sums} w; in may be out. */
    void box(MemorySegment in, int w, int h, int r, MemorySegment tmp, MemorySegment sums, MemorySegment out);

    /** {@code lp = luma · p, ll = luma · luma}. */
    void products(MemorySegment luma, MemorySegment p, int n, MemorySegment lp, MemorySegment ll);

    /** {@code a = cov / (var + epsilon), b = mp − a · ml}: He and Sun 2015, equations 3 and 4. */
    void slopes(
            MemorySegment ml,
            MemorySegment mp,
            MemorySegment mlp,
            MemorySegment mll,
            float epsilon,
            int n,
            MemorySegment a,
            MemorySegment b);

    /** Contrast about one half; exact 0 and 1 where {@code around} is nearer to them than {@code sure}; inverse if asked. */
    void settle(
            MemorySegment around, float contrast, float sure, boolean invert, int n, MemorySegment a, MemorySegment b);

    /** Places on a circle, as {@link #grow} reads them. */
    record Ring(MemorySegment dx, MemorySegment dy, MemorySegment fx, MemorySegment fy, int count) {}

    /**
     * {@code inside = q > 1/2}, one byte a cell, and the runs of cells that are alike along each row.
     *
     * @param inside n bytes and 8 more
     * @param first the first cell of each run, row by row, then n: int32, n + 1 of them
     * @return how many runs
     */
    int runs(MemorySegment q, int w, int h, MemorySegment inside, MemorySegment first);
}
