package dev.handsover.composite;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.joml.Matrix3dc;

/** Bilinear resampling of planes through a homography between unit squares: docs/compositing.md, section 1. */
final class Warp {
    /** Three rows of three float64: numerators of x and of y, denominator, for (u, v, 1). */
    final MemorySegment rows;

    private final Matrix3dc map;

    /** @param map canvas square to frame square */
    Warp(Matrix3dc map, Arena arena) {
        this.map = map;
        this.rows = arena.allocateFrom(
                ValueLayout.JAVA_DOUBLE,
                map.m00(),
                map.m10(),
                map.m20(),
                map.m01(),
                map.m11(),
                map.m21(),
                map.m02(),
                map.m12(),
                map.m22());
    }

    /**
     * @param from a plane of {@code w × h} codes
     * @param clear outside counts as 0 (alpha) instead of repeating the edge (colours)
     */
    void resample(long from, int stride, int w, int h, Plane to, boolean clear) {
        for (int y = 0; y < to.height; y++) {
            double v = (y + 0.5) / to.height;
            for (int x = 0; x < to.width; x++) {
                double u = (x + 0.5) / to.width;
                double q = map.m02() * u + map.m12() * v + map.m22();
                double px = (map.m00() * u + map.m10() * v + map.m20()) / q;
                double py = (map.m01() * u + map.m11() * v + map.m21()) / q;
                boolean outside = q <= 0 || px < 0 || py < 0 || px > 1 || py > 1;
                int code = clear && outside ? 0 : sample(from, stride, w, h, px * w - 0.5, py * h - 0.5);
                Memory.set(to.row(y) + x, code);
            }
        }
    }

    private static int sample(long from, int stride, int w, int h, double x, double y) {
        double cx = Math.clamp(x, 0, w - 1);
        double cy = Math.clamp(y, 0, h - 1);
        int x0 = (int) cx;
        int y0 = (int) cy;
        int x1 = Math.min(x0 + 1, w - 1);
        int y1 = Math.min(y0 + 1, h - 1);
        double fx = cx - x0;
        double fy = cy - y0;
        long top = from + (long) y0 * stride;
        long low = from + (long) y1 * stride;
        double upper = Memory.get(top + x0) * (1 - fx) + Memory.get(top + x1) * fx;
        double lower = Memory.get(low + x0) * (1 - fx) + Memory.get(low + x1) * fx;
        return (int) (upper + (lower - upper) * fy + 0.5);
    }
}
