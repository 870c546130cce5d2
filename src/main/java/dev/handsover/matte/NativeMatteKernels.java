package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.frame.NativeKernels;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The kernels of {@code native/matte.c}. */
final class NativeMatteKernels implements MatteKernels {
    private static final Optional<MethodHandle> CHANGE = NativeKernels.find(
            "ho_change", FunctionDescriptor.of(JAVA_FLOAT, ADDRESS, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS));
    private static final Optional<MethodHandle> MEAN3 = find("ho_mean3", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final Optional<MethodHandle> MOST3 = find("ho_most3", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final Optional<MethodHandle> HOLD =
            find("ho_hold", ADDRESS, ADDRESS, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT, JAVA_INT, ADDRESS);
    private static final Optional<MethodHandle> STEP =
            find("ho_step", ADDRESS, JAVA_FLOAT, JAVA_FLOAT, JAVA_INT, ADDRESS);
    private static final Optional<MethodHandle> GROW = find(
            "ho_grow", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS);
    private static final Optional<MethodHandle> BOX =
            find("ho_box", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final Optional<MethodHandle> PRODUCTS =
            find("ho_products", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    private static final Optional<MethodHandle> SLOPES =
            find("ho_slopes", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_FLOAT, JAVA_INT, ADDRESS, ADDRESS);
    private static final Optional<MethodHandle> SETTLE =
            find("ho_settle", ADDRESS, JAVA_FLOAT, JAVA_FLOAT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);

    private static final Optional<MethodHandle> RUNS = NativeKernels.find(
            "ho_runs", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private NativeMatteKernels() {}

    private static Optional<MethodHandle> find(String name, MemoryLayout... arguments) {
        return NativeKernels.find(name, FunctionDescriptor.ofVoid(arguments));
    }

    static Optional<MatteKernels> open() {
        return CHANGE.isPresent() && RUNS.isPresent() ? Optional.of(new NativeMatteKernels()) : Optional.empty();
    }

    private static IllegalStateException broken(Throwable e) {
        return new IllegalStateException("a kernel failed", e);
    }

    @Override
    public float change(MemorySegment luma, MemorySegment before, int n, float ceiling, MemorySegment change) {
        try {
            return (float) CHANGE.orElseThrow().invokeExact(luma, before, n, ceiling, change);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void mean3(MemorySegment in, int w, int h, MemorySegment out) {
        try {
            MEAN3.orElseThrow().invokeExact(in, w, h, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void most3(MemorySegment in, int w, int h, MemorySegment out) {
        try {
            MOST3.orElseThrow().invokeExact(in, w, h, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void hold(
            MemorySegment fresh, MemorySegment change, float floor, float gain, float keep, int n, MemorySegment held) {
        try {
            HOLD.orElseThrow().invokeExact(fresh, change, floor, gain, keep, n, held);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void step(MemorySegment in, float threshold, float slope, int n, MemorySegment out) {
        try {
            STEP.orElseThrow().invokeExact(in, threshold, slope, n, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void grow(MemorySegment in, int w, int h, Ring r, float sign, MemorySegment out) {
        try {
            GROW.orElseThrow().invokeExact(in, w, h, r.dx(), r.dy(), r.fx(), r.fy(), r.count(), sign, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void box(MemorySegment in, int w, int h, int r, MemorySegment tmp, MemorySegment sums, MemorySegment out) {
        try {
            BOX.orElseThrow().invokeExact(in, w, h, r, tmp, sums, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void products(MemorySegment luma, MemorySegment p, int n, MemorySegment lp, MemorySegment ll) {
        try {
            PRODUCTS.orElseThrow().invokeExact(luma, p, n, lp, ll);
        } catch (Throwable e) {
            throw broken(e);
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
        try {
            SLOPES.orElseThrow().invokeExact(ml, mp, mlp, mll, epsilon, n, a, b);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void settle(
            MemorySegment around, float contrast, float sure, boolean invert, int n, MemorySegment a, MemorySegment b) {
        try {
            SETTLE.orElseThrow().invokeExact(around, contrast, sure, invert ? 1 : 0, n, a, b);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int runs(MemorySegment q, int w, int h, MemorySegment inside, MemorySegment first) {
        try {
            return (int) RUNS.orElseThrow().invokeExact(q, w, h, inside, first);
        } catch (Throwable e) {
            throw broken(e);
        }
    }
}
