package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** The twin of {@code native/matte.c}: the same operations in the same order. */
final class JavaMatteKernels implements MatteKernels {
    private static float at(MemorySegment plane, long i) {
        return plane.getAtIndex(JAVA_FLOAT, i);
    }

    private static float clamp(float v) {
        return v < 0 ? 0 : v > 1 ? 1 : v;
    }

    private static int within(int i, int n) {
        return Math.clamp(i, 0, n - 1);
    }

    @Override
    public float change(MemorySegment luma, MemorySegment before, int n, float ceiling, MemorySegment change) {
        double[] sums = new double[8];
        for (int i = 0; i < n; i++) {
            float d = Math.abs(at(luma, i) - at(before, i));
            change.setAtIndex(JAVA_FLOAT, i, d);
            sums[i & 7] += Math.min(d, ceiling);
        }
        double left = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        double right = (sums[4] + sums[5]) + (sums[6] + sums[7]);
        return (float) ((left + right) / n);
    }

    @Override
    public void mean3(MemorySegment in, int w, int h, MemorySegment out) {
        for (int y = 0; y < h; y++) {
            long a = (long) within(y - 1, h) * w;
            long b = (long) y * w;
            long c = (long) within(y + 1, h) * w;
            for (int x = 0; x < w; x++) {
                int l = within(x - 1, w);
                int r = within(x + 1, w);
                float left = at(in, a + l) + at(in, b + l) + at(in, c + l);
                float middle = at(in, a + x) + at(in, b + x) + at(in, c + x);
                float right = at(in, a + r) + at(in, b + r) + at(in, c + r);
                out.setAtIndex(JAVA_FLOAT, b + x, (left + middle + right) * (1f / 9f));
            }
        }
    }

    @Override
    public void most3(MemorySegment in, int w, int h, MemorySegment out) {
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                float most = Float.NEGATIVE_INFINITY;
                for (int dy = -1; dy <= 1; dy++) {
                    for (int dx = -1; dx <= 1; dx++) {
                        most = Math.max(most, at(in, (long) within(y + dy, h) * w + within(x + dx, w)));
                    }
                }
                out.setAtIndex(JAVA_FLOAT, (long) y * w + x, most);
            }
        }
    }

    @Override
    public void hold(
            MemorySegment fresh, MemorySegment change, float floor, float gain, float keep, int n, MemorySegment held) {
        for (int i = 0; i < n; i++) {
            float motion = clamp((at(change, i) - floor) * gain);
            float jump = at(fresh, i) - at(held, i);
            float sudden = clamp(((jump < 0 ? -jump : jump) - 0.25f) * 2);
            float most = 1 - 0.5f * sudden;
            float weight = keep * (1 - motion);
            weight = weight < most ? weight : most;
            held.setAtIndex(JAVA_FLOAT, i, at(fresh, i) + weight * (at(held, i) - at(fresh, i)));
        }
    }

    @Override
    public void step(MemorySegment in, float threshold, float slope, int n, MemorySegment out) {
        for (int i = 0; i < n; i++) {
            out.setAtIndex(JAVA_FLOAT, i, clamp((at(in, i) - threshold) * slope + 0.5f));
        }
    }

    @Override
    public void grow(MemorySegment in, int w, int h, Ring ring, float sign, MemorySegment out) {
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                float best = sign * at(in, (long) y * w + x);
                for (int k = 0; k < ring.count(); k++) {
                    best = Math.max(best, sign * sample(in, w, h, x, y, ring, k));
                }
                out.setAtIndex(JAVA_FLOAT, (long) y * w + x, sign * best);
            }
        }
    }

    private static float sample(MemorySegment in, int w, int h, int x, int y, Ring ring, int k) {
        int x0 = x + ring.dx().getAtIndex(JAVA_INT, k);
        int y0 = y + ring.dy().getAtIndex(JAVA_INT, k);
        float fx = at(ring.fx(), k);
        float a = at(in, (long) within(y0, h) * w + within(x0, w));
        float b = at(in, (long) within(y0, h) * w + within(x0 + 1, w));
        float c = at(in, (long) within(y0 + 1, h) * w + within(x0, w));
        float d = at(in, (long) within(y0 + 1, h) * w + within(x0 + 1, w));
        float upper = a + fx * (b - a);
        float lower = c + fx * (d - c);
        return upper + at(ring.fy(), k) * (lower - upper);
    }

    @Override
    public void box(MemorySegment in, int w, int h, int r, MemorySegment tmp, MemorySegment sums, MemorySegment out) {
        for (int y = 0; y < h; y++) {
            along(in, (long) y * w, 1, w, r, tmp);
        }
        // columns: the same running sums; the C kernel keeps a row of them for the vector unit's sake
        for (int x = 0; x < w; x++) {
            along(tmp, x, w, h, r, out);
        }
    }

    /** Means of windows of 2r+1 of {@code n} cells, {@code step} apart from {@code from} on. Adds before it takes away. */
    private static void along(MemorySegment in, long from, int step, int n, int r, MemorySegment out) {
        float sum = 0;
        int count = 0;
        for (int i = 0; i <= r && i < n; i++) {
            sum += at(in, from + (long) i * step);
            count++;
        }
        for (int i = 0; i < n; i++) {
            out.setAtIndex(JAVA_FLOAT, from + (long) i * step, sum * (1f / count));
            if (i + r + 1 < n) {
                sum += at(in, from + (long) (i + r + 1) * step);
                count++;
            }
            if (i - r >= 0) {
                sum -= at(in, from + (long) (i - r) * step);
                count--;
            }
        }
    }

    @Override
    public void products(MemorySegment luma, MemorySegment p, int n, MemorySegment lp, MemorySegment ll) {
        for (int i = 0; i < n; i++) {
            lp.setAtIndex(JAVA_FLOAT, i, at(luma, i) * at(p, i));
            ll.setAtIndex(JAVA_FLOAT, i, at(luma, i) * at(luma, i));
        }
    }

    @Override
    public void slopes(
            MemorySegment ml,
            MemorySegment mp,
            MemorySegment mlp,
            MemorySegment mll,
            float epsilon,
            int n,
            MemorySegment a,
            MemorySegment b) {
        for (int i = 0; i < n; i++) {
            float covariance = at(mlp, i) - at(ml, i) * at(mp, i);
            float variance = Math.max(0, at(mll, i) - at(ml, i) * at(ml, i));
            float slope = covariance / (variance + epsilon);
            a.setAtIndex(JAVA_FLOAT, i, slope);
            b.setAtIndex(JAVA_FLOAT, i, at(mp, i) - slope * at(ml, i));
        }
    }

    @Override
    public void settle(
            MemorySegment around, float contrast, float sure, boolean invert, int n, MemorySegment a, MemorySegment b) {
        for (int i = 0; i < n; i++) {
            float slope = at(a, i) * contrast;
            float offset = (at(b, i) - 0.5f) * contrast + 0.5f;
            if (at(around, i) < sure) {
                slope = 0;
                offset = 0;
            }
            if (at(around, i) > 1 - sure) {
                slope = 0;
                offset = 1;
            }
            a.setAtIndex(JAVA_FLOAT, i, invert ? 0 - slope : slope);
            b.setAtIndex(JAVA_FLOAT, i, invert ? 1 - offset : offset);
        }
    }

    @Override
    public int runs(MemorySegment q, int w, int h, MemorySegment inside, MemorySegment first) {
        int n = w * h;
        int runs = 0;
        for (int i = 0; i < n; i++) {
            byte now = (byte) (at(q, i) > 0.5f ? 1 : 0);
            inside.set(JAVA_BYTE, i, now);
            if (i % w == 0 || inside.get(JAVA_BYTE, i - 1L) != now) {
                first.setAtIndex(JAVA_INT, runs++, i);
            }
        }
        first.setAtIndex(JAVA_INT, runs, n);
        return runs;
    }
}
