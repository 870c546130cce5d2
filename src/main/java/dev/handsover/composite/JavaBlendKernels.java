package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** The twin of {@code native/alpha.c} and {@code blend.c}: the same operations in the same order. */
final class JavaBlendKernels implements BlendKernels {
    private final SceneKernels scene = new JavaSceneKernels();

    @Override
    public SceneKernels scene() {
        return scene;
    }

    @Override
    public void cells(MemorySegment a, MemorySegment b, float scale, Grid g) {
        float steep = scale * (2048f / 255f);
        float eighths = 8f * scale;
        for (int y = 0; y < g.cellsY; y++) {
            for (int x = 0; x <= g.cellsX; x++) {
                long from = (long) y * g.cellsX + Math.min(x, g.cellsX - 1);
                float p = a.getAtIndex(JAVA_FLOAT, from);
                float q = (b.getAtIndex(JAVA_FLOAT, from) + p * (128f / 255f)) * eighths + 4f;
                long to = (long) y * (g.cellsX + 1) + x;
                g.slope.setAtIndex(JAVA_SHORT, to, cut((int) Math.rint(p * steep)));
                g.mid.setAtIndex(JAVA_SHORT, to, cut((int) Math.rint(q)));
            }
        }
    }

    private static short cut(int v) {
        return (short) Math.clamp(v, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    /** {@code from + (to − from) · frac / 32768}, rounded; the difference is cut to 16 bits. */
    private static int between(int from, int to, int frac) {
        return from + ((cut(to - from) * frac + 0x4000) >> 15);
    }

    @Override
    public void alpha(long luma, int stride, Grid g, int y0, int rows, float scale, long alpha, int alphaStride) {
        int most = (int) (scale + 0.5f);
        for (int y = y0; y < y0 + rows; y++) {
            int top = g.down.getAtIndex(JAVA_INT, y);
            int below = Math.min(top + 1, g.cellsY - 1);
            int t = g.part.getAtIndex(JAVA_SHORT, y);
            for (int x = 0; x < g.w; x++) {
                int slope = between(cell(g, g.slope, top, x), cell(g, g.slope, below, x), t);
                int mid = between(cell(g, g.mid, top, x), cell(g, g.mid, below, x), t);
                int y8 = Memory.get(luma + (long) y * stride + x);
                int v = cut((slope * (y8 - 128) >> 8) + mid) >> 3;
                Memory.set(alpha + (long) y * alphaStride + x, Math.clamp(v, 0, most));
            }
        }
    }

    private static int cell(Grid g, MemorySegment plane, int row, int x) {
        long at = (long) row * (g.cellsX + 1) + g.at.getAtIndex(JAVA_INT, x);
        int frac = g.frac.getAtIndex(JAVA_SHORT, x);
        return between(plane.getAtIndex(JAVA_SHORT, at), plane.getAtIndex(JAVA_SHORT, at + 1), frac);
    }

    @Override
    public void halve(long in, int stride, int w, int h, int y0, int rows, long out, int outStride) {
        for (int y = y0; y < y0 + rows; y++) {
            long p = in + 2L * y * stride;
            long q = 2 * y + 1 < h ? p + stride : p;
            for (int x = 0; x < (w + 1) / 2; x++) {
                int next = Math.min(2 * x + 1, w - 1);
                int sum = Memory.get(p + 2L * x) + Memory.get(p + next) + Memory.get(q + 2L * x) + Memory.get(q + next);
                Memory.set(out + (long) y * outStride + x, (sum + 2) >> 2);
            }
        }
    }

    @Override
    public void blend(
            long above,
            int aboveStride,
            long alpha,
            int alphaStride,
            long below,
            int belowStride,
            long out,
            int outStride,
            int w,
            int rows) {
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < w; x++) {
                int f = Memory.get(above + (long) y * aboveStride + x);
                int m = Memory.get(alpha + (long) y * alphaStride + x);
                int g = Memory.get(below + (long) y * belowStride + x);
                Memory.set(out + (long) y * outStride + x, (255 * g + m * (f - g) + 127) / 255);
            }
        }
    }

    @Override
    public String describe() {
        return "Java kernels";
    }
}
