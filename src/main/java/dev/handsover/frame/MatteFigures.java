package dev.handsover.frame;

/**
 * The numbers that turn masks of one size into mattes, for whatever device does the arithmetic; the formulas are in {@code
 * matte.MatteKernels}. Lengths are in cells, luma and masks go from 0 to 1.
 *
 * @param steady how masks are steadied over time
 * @param threshold of the mask, where alpha is one half
 * @param slope the mask's edge is made so many times steeper
 * @param minCells specks of fewer cells go
 * @param fillCells holes of fewer cells are filled
 * @param grow how the edge is moved
 * @param feather radius of two boxes, 0 for none
 * @param fit how the edge is fitted to the picture's
 * @param opacity of the hands
 */
public record MatteFigures(
        Steady steady,
        float threshold,
        float slope,
        int minCells,
        int fillCells,
        Grow grow,
        int feather,
        Fit fit,
        float opacity) {
    /**
     * Motion-adaptive hold.
     *
     * @param keep the most of the past that a still cell keeps; 0 keeps none
     * @param ceiling changes of luma beyond this are motion, not noise
     * @param floorTimes motion begins at so many times the mean noise
     * @param floorLeast and not below this change of luma
     * @param within so much further on it is certain
     * @param cut a mean change of luma like this is a cut
     */
    public record Steady(float keep, float ceiling, float floorTimes, float floorLeast, float within, float cut) {}

    /**
     * Greatest or least over circles.
     *
     * @param steps how often
     * @param radius of one circle in cells
     * @param outwards false shrinks
     */
    public record Grow(int steps, float radius, boolean outwards) {
        /** Samples on a circle. */
        public static final int DIRECTIONS = 16;

        /** Column (even) and row (odd) of each sample from the centre, rounded down. */
        public int[] whole() {
            int[] whole = new int[2 * DIRECTIONS];
            for (int i = 0; i < whole.length; i++) {
                whole[i] = (int) Math.floor(place(i));
            }
            return whole;
        }

        /** What {@link #whole} leaves, 0..1. */
        public float[] part() {
            float[] part = new float[2 * DIRECTIONS];
            for (int i = 0; i < part.length; i++) {
                part[i] = (float) (place(i) - Math.floor(place(i)));
            }
            return part;
        }

        private double place(int i) {
            double angle = 2 * Math.PI * (i >> 1) / DIRECTIONS;
            return radius * (i % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
        }
    }

    /**
     * The guided filter.
     *
     * @param radius of the windows
     * @param epsilon variance of luma below which a window counts as flat
     * @param contrast stretches alpha about one half
     * @param sure nearer than this to 0 or 1 on the mean of the surroundings, alpha is exactly that
     * @param invert keeps everything but the hands
     */
    public record Fit(int radius, float epsilon, float contrast, float sure, boolean invert) {}
}
