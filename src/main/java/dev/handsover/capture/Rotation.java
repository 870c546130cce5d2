package dev.handsover.capture;

import java.util.List;

/** How stored pixels must be turned to stand upright: one of the eight orientations of a picture. */
enum Rotation {
    UPRIGHT,
    CLOCKWISE,
    HALF,
    COUNTERCLOCKWISE,
    MIRRORED,
    FLIPPED,
    TRANSPOSED,
    TRANSVERSED;

    boolean swaps() {
        return this == CLOCKWISE || this == COUNTERCLOCKWISE || this == TRANSPOSED || this == TRANSVERSED;
    }

    /** As libavfilter steps; none with negative strides, which nobody downstream expects. */
    List<String> filters() {
        return switch (this) {
            case UPRIGHT -> List.of();
            case CLOCKWISE -> List.of("transpose=clock");
            case COUNTERCLOCKWISE -> List.of("transpose=cclock");
            case HALF -> List.of("transpose=clock", "transpose=clock");
            case MIRRORED -> List.of("hflip");
            case FLIPPED -> List.of("transpose=clock_flip", "transpose=clock");
            case TRANSPOSED -> List.of("transpose=cclock_flip");
            case TRANSVERSED -> List.of("transpose=clock_flip");
        };
    }

    /**
     * From a display matrix (ISO 14496-12, 3 × 3 in 16.16 fixed point): where the stored picture's x and y axes point on
     * the display, to the nearest of the eight.
     *
     * @param a x of the x axis
     * @param b y of the x axis
     * @param c x of the y axis
     * @param d y of the y axis
     */
    static Rotation of(int a, int b, int c, int d) {
        if (Math.abs((long) a) >= Math.abs((long) b)) {
            if (a >= 0) {
                return d >= 0 ? UPRIGHT : FLIPPED;
            }
            return d >= 0 ? MIRRORED : HALF;
        }
        if (b > 0) {
            return c > 0 ? TRANSPOSED : CLOCKWISE;
        }
        return c > 0 ? COUNTERCLOCKWISE : TRANSVERSED;
    }
}
