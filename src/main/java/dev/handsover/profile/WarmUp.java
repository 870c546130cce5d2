package dev.handsover.profile;

import java.util.Arrays;

/**
 * Finds where a run has settled: compilers, caches and clocks make the first frames slower, and figures with them in are nobody's.
 *
 * @param frames how many to cut from the beginning
 * @param settled false when the run never got steady; half of it is cut then
 * @param firstMillis median work on a frame at the beginning
 * @param steadyMillis and in the second half
 */
public record WarmUp(int frames, boolean settled, double firstMillis, double steadyMillis) {
    /** Frames whose median is one point of the curve. */
    private static final int BLOCK = 10;
    /** So much above the second half's level still counts as steady. */
    private static final double SLACK = 1.15;
    /** So many blocks in a row must be steady. */
    private static final int IN_A_ROW = 2;

    /**
     * Judges work on each frame, in the order of the frames.
     *
     * @param nanos one figure a frame
     */
    public static WarmUp of(long[] nanos) {
        int blocks = nanos.length / BLOCK;
        if (blocks < 4) {
            // too short to tell: a tenth of it
            double level = median(nanos, nanos.length / 2, nanos.length);
            return new WarmUp(nanos.length / 10, false, median(nanos, 0, nanos.length / 2) / 1e6, level / 1e6);
        }
        double[] curve = new double[blocks];
        for (int i = 0; i < blocks; i++) {
            curve[i] = median(nanos, i * BLOCK, (i + 1) * BLOCK);
        }
        double[] later = Arrays.copyOfRange(curve, blocks / 2, blocks);
        Arrays.sort(later);
        double level = later[later.length / 2];
        for (int i = 0; i <= blocks / 2; i++) {
            boolean steady = true;
            for (int k = i; k < Math.min(blocks, i + IN_A_ROW); k++) {
                steady &= curve[k] <= level * SLACK;
            }
            if (steady) {
                return new WarmUp(i * BLOCK, true, curve[0] / 1e6, level / 1e6);
            }
        }
        return new WarmUp(blocks / 2 * BLOCK, false, curve[0] / 1e6, level / 1e6);
    }

    private static double median(long[] values, int from, int to) {
        long[] some = Arrays.copyOfRange(values, from, Math.max(from, to));
        Arrays.sort(some);
        return some.length == 0 ? 0 : some[some.length / 2];
    }
}
