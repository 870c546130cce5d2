package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.frame.NativeKernels;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kernels of {@code native/alpha.c} and {@code blend.c}. */
final class NativeBlendKernels implements BlendKernels {
    private static final Optional<MethodHandle> CELLS = NativeKernels.find(
            "ho_cells", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_FLOAT, ADDRESS, ADDRESS));
    private static final Optional<MethodHandle> ALPHA = NativeKernels.find(
            "ho_alpha",
            FunctionDescriptor.ofVoid(
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_INT));
    private static final Optional<MethodHandle> HALVE = NativeKernels.find(
            "ho_halve",
            FunctionDescriptor.ofVoid(
                    JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final Optional<MethodHandle> BLEND = NativeKernels.find(
            "ho_blend",
            FunctionDescriptor.ofVoid(
                    JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
                    JAVA_INT));

    private @Nullable SceneKernels scene;

    private NativeBlendKernels() {}

    /** Linked at the first call: most looks need none, and linking costs a start some hundredths of a second. */
    @Override
    public SceneKernels scene() {
        SceneKernels known = scene;
        if (known == null) {
            known = NativeSceneKernels.open().orElseGet(JavaSceneKernels::new);
            scene = known;
        }
        return known;
    }

    static Optional<BlendKernels> open() {
        boolean all = CELLS.isPresent() && ALPHA.isPresent() && HALVE.isPresent() && BLEND.isPresent();
        return all ? Optional.of(new NativeBlendKernels()) : Optional.empty();
    }

    @Override
    public void cells(MemorySegment a, MemorySegment b, float scale, Grid g) {
        try {
            CELLS.orElseThrow().invokeExact(a, b, g.cellsX, g.cellsY, scale, g.slope, g.mid);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void alpha(long luma, int stride, Grid g, int y0, int rows, float scale, long alpha, int alphaStride) {
        try {
            ALPHA.orElseThrow()
                    .invokeExact(
                            luma,
                            stride,
                            g.w,
                            y0,
                            rows,
                            g.slope,
                            g.mid,
                            g.cellsX,
                            g.cellsY,
                            g.at,
                            g.frac,
                            g.picks,
                            g.down,
                            g.part,
                            scale,
                            alpha,
                            alphaStride);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void halve(long in, int stride, int w, int h, int y0, int rows, long out, int outStride) {
        try {
            HALVE.orElseThrow().invokeExact(in, stride, w, h, y0, rows, out, outStride);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
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
        try {
            BLEND.orElseThrow()
                    .invokeExact(above, aboveStride, alpha, alphaStride, below, belowStride, out, outStride, w, rows);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String describe() {
        return "C kernels";
    }
}
