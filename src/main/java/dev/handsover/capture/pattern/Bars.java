package dev.handsover.capture.pattern;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;

/** Eight upright bars at 75 % (white, yellow, cyan, green, magenta, red, blue, black), and a ramp of gray below. */
final class Bars implements PatternSource.Painter {
    private static final int[] BITS = {7, 6, 3, 2, 5, 4, 1, 0};
    private static final double LEVEL = 0.75;
    private final int[][] codes = new int[BITS.length][3];
    private final ColorSpec color;

    Bars(PictureFormat format) {
        this.color = format.color();
        for (int i = 0; i < BITS.length; i++) {
            double[] yuv = color.toYuv((BITS[i] >> 2 & 1) * LEVEL, (BITS[i] >> 1 & 1) * LEVEL, (BITS[i] & 1) * LEVEL);
            for (int plane = 0; plane < 3; plane++) {
                codes[i][plane] = (int) Math.round(yuv[plane]);
            }
        }
    }

    /** Code of a plane in the bar at {@code x} of {@code width}. */
    int code(int plane, int x, int width) {
        return codes[x * BITS.length / width][plane];
    }

    @Override
    public void paint(long index, Frame frame) {
        for (int plane = 0; plane < 3; plane++) {
            int w = frame.format().planeWidth(plane);
            int h = frame.format().planeHeight(plane);
            for (int y = 0; y < h; y++) {
                boolean ramp = y >= h * 3 / 4;
                for (int x = 0; x < w; x++) {
                    int gray =
                            plane == 0 ? color.lumaOffset() + (color.lumaSpan() * x + w / 2) / Math.max(1, w - 1) : 128;
                    int code = ramp ? Math.min(255, gray) : code(plane, x, w);
                    frame.plane(plane)
                            .set(java.lang.foreign.ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x, (byte)
                                    code);
                }
            }
        }
    }
}
