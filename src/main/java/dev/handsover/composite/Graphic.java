package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** One layer of graphics with alpha, and the alpha of its chroma samples, made anew only when the picture is another. */
final class Graphic {
    private final Pictures pictures;
    private final PictureFormat canvas;
    private final Plane chromaAlpha;
    private @Nullable Frame known;
    private long knownTime = Long.MIN_VALUE;

    /** @param arena lives as long as this */
    Graphic(Pictures pictures, PictureFormat canvas, Arena arena) {
        this.pictures = pictures;
        this.canvas = canvas;
        this.chromaAlpha = new Plane(canvas.planeWidth(1), canvas.planeHeight(1), arena);
    }

    /** The picture at that time, with its chroma alpha ready. */
    Frame at(BlendKernels kernels, long timeNanos) {
        Frame frame = pictures.at(timeNanos);
        boolean same = frame == known && (pictures.still() || timeNanos == knownTime);
        if (!same && canvas.chroma() == PictureFormat.Chroma.C420) {
            kernels.halve(
                    frame.address(Frame.A),
                    frame.stride(Frame.A),
                    canvas.width(),
                    canvas.height(),
                    0,
                    chromaAlpha.height,
                    chromaAlpha.address,
                    chromaAlpha.stride);
        }
        known = frame;
        knownTime = timeNanos;
        return frame;
    }

    long alphaAddress(Frame frame, int plane) {
        return plane == 0 || canvas.chroma() == PictureFormat.Chroma.C444
                ? frame.address(Frame.A)
                : chromaAlpha.address;
    }

    int alphaStride(Frame frame, int plane) {
        return plane == 0 || canvas.chroma() == PictureFormat.Chroma.C444 ? frame.stride(Frame.A) : chromaAlpha.stride;
    }

    /** Its rows, for the slow blends. */
    LinearBlend.Layer layer(Frame frame) {
        return new LinearBlend.Layer() {
            @Override
            public long row(int plane, int y) {
                return frame.address(plane) + (long) y * frame.stride(plane);
            }

            @Override
            public long alphaRow(int plane, int y) {
                return alphaAddress(frame, plane) + (long) y * alphaStride(frame, plane);
            }
        };
    }

    /** Draws it over an opaque picture. */
    void draw(BlendKernels kernels, @Nullable LinearBlend linear, long timeNanos, Frame onto) {
        Frame frame = at(kernels, timeNanos);
        if (linear != null) {
            linear.over(layer(frame), onto);
            return;
        }
        for (int plane = 0; plane < 3; plane++) {
            kernels.blend(
                    frame.address(plane),
                    frame.stride(plane),
                    alphaAddress(frame, plane),
                    alphaStride(frame, plane),
                    onto.address(plane),
                    onto.stride(plane),
                    onto.address(plane),
                    onto.stride(plane),
                    canvas.planeWidth(plane),
                    canvas.planeHeight(plane));
        }
    }
}
