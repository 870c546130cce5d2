package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** The twin of {@code native/blend.c}: the same operations in the same order. */
final class JavaBlendKernels implements BlendKernels {
    private final SceneKernels scene = new JavaSceneKernels();

    @Override
    public SceneKernels scene() {
        return scene;
    }

    @Override
    public void alpha(long luma, int stride, Grid g, int y0, int rows, float scale, long alpha, int alphaStride) {
        for (int y = y0; y < y0 + rows; y++) {
            float place = (y + 0.5f) * g.cellsY / g.h - 0.5f;
            place = Math.min(Math.max(place, 0f), g.cellsY - 1f);
            int top = Math.max(0, Math.min((int) place, g.cellsY - 2));
            int below = Math.min(top + 1, g.cellsY - 1);
            float t = place - top;
            for (int x = 0; x < g.w; x++) {
                float a0 = cell(g, g.a, top, x);
                float b0 = cell(g, g.b, top, x);
                float slope = a0 + t * (cell(g, g.a, below, x) - a0);
                float offset = b0 + t * (cell(g, g.b, below, x) - b0);
                float v = slope * (Memory.get(luma + (long) y * stride + x) * (1f / 255f)) + offset;
                v = Math.min(Math.max(v, 0f), 1f);
                Memory.set(alpha + (long) y * alphaStride + x, (int) (v * scale + 0.5f));
            }
        }
    }

    private static float cell(Grid g, MemorySegment plane, int row, int x) {
        long at = (long) row * (g.cellsX + 1) + g.at.getAtIndex(JAVA_INT, x);
        float v = plane.getAtIndex(JAVA_FLOAT, at);
        return v + g.frac.getAtIndex(JAVA_FLOAT, x) * (plane.getAtIndex(JAVA_FLOAT, at + 1) - v);
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
