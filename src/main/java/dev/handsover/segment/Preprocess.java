package dev.handsover.segment;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.frame.Frame;
import dev.handsover.frame.NativeKernels;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.TensorForm;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Frame to input tensor: every plane is averaged over the network's cells, then turned into R'G'B' and scaled as the card
 * says. Averages are exact box integrals, so nothing flickers when a thin finger moves by less than a cell.
 */
final class Preprocess {
    private static final Optional<MethodHandle> AREA = NativeKernels.find(
            "ho_area",
            FunctionDescriptor.ofVoid(
                    JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT,
                    JAVA_INT, ADDRESS, ADDRESS));
    private static final Optional<MethodHandle> TENSOR = NativeKernels.find(
            "ho_tensor",
            FunctionDescriptor.ofVoid(
                    ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private final int width;
    private final int height;
    private final boolean useNative;
    private final Taps lumaX;
    private final Taps lumaY;
    private final Taps chromaX;
    private final Taps chromaY;
    private final MemorySegment row;
    private final MemorySegment[] means = new MemorySegment[3];
    private final MemorySegment coefficients;
    private final int planar;
    private final int bytes;

    /**
     * @param frames format of every frame
     * @param card says layout, order and scale of the tensor
     * @param arena holds all buffers
     */
    Preprocess(PictureFormat frames, ModelCard.Input card, int width, int height, boolean allowNative, Arena arena) {
        this.width = width;
        this.height = height;
        this.useNative = allowNative && AREA.isPresent() && TENSOR.isPresent();
        this.lumaX = new Taps(frames.planeWidth(Frame.Y), width, arena);
        this.lumaY = new Taps(frames.planeHeight(Frame.Y), height, arena);
        this.chromaX = new Taps(frames.planeWidth(Frame.U), width, arena);
        this.chromaY = new Taps(frames.planeHeight(Frame.U), height, arena);
        // the C kernel sums eight rows at once and turns them
        this.row = arena.allocate(64L * ((frames.width() + 7L) / 8 * 8), 64);
        for (int i = 0; i < 3; i++) {
            means[i] = arena.allocate(4L * width * height, 64);
        }
        TensorForm form = Forms.input(frames.color(), card, width, height);
        this.planar = form.planar() ? 1 : 0;
        this.bytes = form.bytes() == 1 ? 1 : 0;
        this.coefficients = arena.allocate(4L * TensorForm.COEFFICIENTS, 64);
        for (int i = 0; i < TensorForm.COEFFICIENTS; i++) {
            coefficients.setAtIndex(JAVA_FLOAT, i, form.coefficients().get(i));
        }
    }

    /**
     * @param tensor width · height · 3 floats or bytes
     * @param luma width · height floats, mean luma code / 255
     */
    void fill(Frame frame, MemorySegment tensor, MemorySegment luma) {
        for (int plane = 0; plane < 3; plane++) {
            boolean full = plane == Frame.Y;
            Taps x = full ? lumaX : chromaX;
            Taps y = full ? lumaY : chromaY;
            if (useNative) {
                areaNative(frame, plane, x, y);
            } else {
                areaJava(frame.plane(plane), frame.stride(plane), x, y, means[plane]);
            }
        }
        if (useNative) {
            tensorNative(tensor, luma);
        } else {
            tensorJava(tensor, luma);
        }
    }

    private void areaNative(Frame frame, int plane, Taps x, Taps y) {
        try {
            AREA.orElseThrow()
                    .invokeExact(
                            frame.address(plane),
                            frame.stride(plane),
                            x.source,
                            height,
                            y.start,
                            y.weight,
                            y.most,
                            x.start,
                            x.weight,
                            x.most,
                            width,
                            row,
                            means[plane]);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void tensorNative(MemorySegment tensor, MemorySegment luma) {
        try {
            TENSOR.orElseThrow()
                    .invokeExact(
                            means[0], means[1], means[2], width * height, coefficients, planar, bytes, tensor, luma);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Twin of {@code ho_area}: the rows of a cell are summed first, then its columns. */
    private void areaJava(MemorySegment plane, int stride, Taps x, Taps y, MemorySegment mean) {
        for (int cy = 0; cy < height; cy++) {
            for (int sx = 0; sx < x.source; sx++) {
                float sum = 0;
                for (int k = 0; k < y.most; k++) {
                    long at = (long) (y.start.getAtIndex(JAVA_INT, cy) + k) * stride + sx;
                    sum += y.weight.getAtIndex(JAVA_FLOAT, (long) cy * y.most + k) * (plane.get(JAVA_BYTE, at) & 0xFF);
                }
                row.setAtIndex(JAVA_FLOAT, sx, sum);
            }
            for (int cx = 0; cx < width; cx++) {
                float sum = 0;
                int from = x.start.getAtIndex(JAVA_INT, cx);
                for (int k = 0; k < x.most; k++) {
                    sum += x.weight.getAtIndex(JAVA_FLOAT, (long) cx * x.most + k)
                            * row.getAtIndex(JAVA_FLOAT, from + k);
                }
                mean.setAtIndex(JAVA_FLOAT, (long) cy * width + cx, sum);
            }
        }
    }

    /** Twin of {@code ho_tensor}. */
    private void tensorJava(MemorySegment tensor, MemorySegment luma) {
        int cells = width * height;
        for (int i = 0; i < cells; i++) {
            float y = means[0].getAtIndex(JAVA_FLOAT, i);
            float u = means[1].getAtIndex(JAVA_FLOAT, i);
            float v = means[2].getAtIndex(JAVA_FLOAT, i);
            luma.setAtIndex(JAVA_FLOAT, i, y * (1f / 255f));
            for (int c = 0; c < 3; c++) {
                float value = coefficient(c * 4) * y
                        + coefficient(c * 4 + 1) * u
                        + coefficient(c * 4 + 2) * v
                        + coefficient(c * 4 + 3);
                value = Math.min(Math.max(value, 0f), 1f);
                value = value * coefficient(12 + c * 2) + coefficient(13 + c * 2);
                long at = planar == 1 ? (long) c * cells + i : i * 3L + c;
                if (bytes == 1) {
                    tensor.set(JAVA_BYTE, at, (byte) (int) (value + 0.5f));
                } else {
                    tensor.setAtIndex(JAVA_FLOAT, at, value);
                }
            }
        }
    }

    private float coefficient(int index) {
        return coefficients.getAtIndex(JAVA_FLOAT, index);
    }

    /**
     * Which source samples a cell averages: {@code most} weights from {@code start} on, summing to 1. Short cells are padded
     * with zero weights, and starts are moved back so that no sample beyond the last is read.
     */
    static final class Taps {
        final int source;
        final int most;
        final MemorySegment start;
        final MemorySegment weight;

        Taps(int source, int cells, Arena arena) {
            double step = (double) source / cells;
            this.source = source;
            this.most = Math.min(source, (int) Math.ceil(step) + 1);
            this.start = arena.allocate(4L * cells, 64);
            this.weight = arena.allocate(4L * cells * most, 64);
            for (int cell = 0; cell < cells; cell++) {
                double from = cell * step;
                double to = Math.min(source, from + step);
                int first = Math.max(0, Math.min((int) from, source - most));
                start.setAtIndex(JAVA_INT, cell, first);
                for (int k = 0; k < most; k++) {
                    double share = Math.min(to, first + k + 1) - Math.max(from, first + k);
                    weight.setAtIndex(JAVA_FLOAT, (long) cell * most + k, (float) (Math.max(0, share) / (to - from)));
                }
            }
        }
    }
}
