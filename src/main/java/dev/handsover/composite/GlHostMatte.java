package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A matte and classes that were made in memory, on the graphics device. Their size changes when a picture without hands follows
 * one with them. For the context's thread.
 */
final class GlHostMatte implements AutoCloseable {
    private @Nullable GlPlane slopes;
    private @Nullable GlPlane offsets;
    private @Nullable GlPlane cells;

    /** Brings the coefficients up. */
    void take(Matte matte) {
        slopes = fitting(slopes, matte.width(), matte.height(), Kind.NUMBER);
        slopes.upload(matte.a().address(), matte.width());
        offsets = fitting(offsets, matte.width(), matte.height(), Kind.NUMBER);
        offsets.upload(matte.b().address(), matte.width());
    }

    private static GlPlane fitting(@Nullable GlPlane old, int width, int height, Kind kind) {
        if (old != null && old.width == width && old.height == height) {
            return old;
        }
        if (old != null) {
            old.close();
        }
        return new GlPlane(width, height, kind);
    }

    /** a of {@code alpha = a · luma + b}, of the matte that was taken last. */
    GlPlane slopes() {
        return known(slopes);
    }

    /** b of it. */
    GlPlane offsets() {
        return known(offsets);
    }

    private static GlPlane known(@Nullable GlPlane plane) {
        if (plane == null) {
            throw new IllegalStateException("no matte was taken");
        }
        return plane;
    }

    /** The mask's likeliest classes, one code a cell; null when it has none. */
    @Nullable GlPlane classes(Mask mask) {
        MemorySegment known = mask.classes();
        if (known == null) {
            return null;
        }
        cells = fitting(cells, mask.width(), mask.height(), Kind.CODE);
        cells.upload(known.address(), mask.width());
        return cells;
    }

    private static void free(@Nullable GlPlane plane) {
        if (plane != null) {
            plane.close();
        }
    }

    @Override
    public void close() {
        free(slopes);
        free(offsets);
        free(cells);
    }
}
