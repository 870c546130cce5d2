package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.frame.NativeKernels;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernels of {@code native/scene.c} and {@code native/warp.c}. */
final class NativeSceneKernels implements SceneKernels {
    private static final Optional<MethodHandle> WEIGH = find(
            "ho_weigh",
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG);
    private static final Optional<MethodHandle> BOXES =
            find("ho_boxes", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Optional<MethodHandle> QUOTIENTS =
            find("ho_quotients", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, JAVA_INT, JAVA_LONG);
    private static final Optional<MethodHandle> SPREAD = find(
            "ho_spread",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_DOUBLE,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT);
    private static final Optional<MethodHandle> SQUARES = find(
            "ho_squares",
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT);
    private static final Optional<MethodHandle> GRAY =
            find("ho_gray", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final Optional<MethodHandle> OVER =
            find("ho_over", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final Optional<MethodHandle> COVER = find("ho_cover", JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final Optional<MethodHandle> WARP = find(
            "ho_warp", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT);

    private NativeSceneKernels() {}

    private static Optional<MethodHandle> find(String name, MemoryLayout... arguments) {
        return NativeKernels.find(name, FunctionDescriptor.ofVoid(arguments));
    }

    /** Empty where the library was not built, or is older than this class. */
    static Optional<SceneKernels> open() {
        boolean all = Stream.of(WEIGH, BOXES, QUOTIENTS, SPREAD, SQUARES, GRAY, OVER, COVER, WARP)
                .allMatch(Optional::isPresent);
        return all ? Optional.of(new NativeSceneKernels()) : Optional.empty();
    }

    private static IllegalStateException broken(Throwable e) {
        return new IllegalStateException("a kernel failed", e);
    }

    @Override
    public void weigh(long from, int stride, Plane alpha, int cell, Cells weights, Cells values) {
        try {
            WEIGH.orElseThrow()
                    .invokeExact(
                            from,
                            stride,
                            alpha.address,
                            alpha.stride,
                            alpha.width,
                            alpha.height,
                            cell,
                            weights.width,
                            weights.height,
                            weights.address,
                            values.address);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void boxes(Cells plane, Cells tmp, int r) {
        try {
            BOXES.orElseThrow().invokeExact(plane.address, tmp.address, plane.width, plane.height, r);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void quotients(Cells values, Cells weights, Cells full, float otherwise, Cells out) {
        try {
            QUOTIENTS
                    .orElseThrow()
                    .invokeExact(values.address, weights.address, full.address, otherwise, values.count(), out.address);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void spread(Cells cells, CellMap map, long out, int stride, int rows) {
        try {
            SPREAD.orElseThrow()
                    .invokeExact(
                            cells.address,
                            cells.width,
                            cells.height,
                            map.at,
                            map.frac,
                            map.perSample,
                            map.samples,
                            rows,
                            out,
                            stride);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void squares(long from, int stride, Plane alpha, int side, int nothing, long out, int outStride) {
        try {
            SQUARES.orElseThrow()
                    .invokeExact(
                            from,
                            stride,
                            alpha.address,
                            alpha.stride,
                            alpha.width,
                            alpha.height,
                            side,
                            nothing,
                            out,
                            outStride);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void gray(Plane alpha, int offset, int span, long out, int outStride) {
        try {
            GRAY.orElseThrow()
                    .invokeExact(alpha.address, alpha.stride, offset, span, alpha.width, alpha.height, out, outStride);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void over(long above, long alpha, long before, long onto, int w) {
        try {
            OVER.orElseThrow().invokeExact(above, alpha, before, onto, w);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void cover(long alpha, long onto, int w) {
        try {
            COVER.orElseThrow().invokeExact(alpha, onto, w);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public void warp(long from, int stride, int w, int h, Warp warp, Plane to, boolean clear) {
        try {
            WARP.orElseThrow()
                    .invokeExact(
                            from, stride, w, h, warp.rows, to.address, to.stride, to.width, to.height, clear ? 1 : 0);
        } catch (Throwable e) {
            throw broken(e);
        }
    }
}
