package dev.handsover.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What a network saw in one frame, on a grid of {@code width × height} cells that covers the whole frame: cell x has its
 * centre at frame column {@code (x + 0.5) · frameWidth / width − 0.5}, rows likewise. Rows follow each other without
 * gaps. The owner is whoever made it; it is overwritten by the same maker's next mask.
 *
 * @param probability float32, 0..1, of being kept
 * @param luma float32, luma code / 255 of the frame, averaged over each cell
 * @param classes the most likely class of each cell, one byte, for networks of several classes; else null
 */
public record Mask(
        int width,
        int height,
        MemorySegment probability,
        MemorySegment luma,
        @Nullable MemorySegment classes) {
    public Mask {
        long bytes = 4L * width * height;
        if (probability.byteSize() < bytes || luma.byteSize() < bytes) {
            throw new IllegalArgumentException("mask planes are smaller than " + width + "×" + height);
        }
    }

    /** Share of the cells, 0..1, that are more likely kept than not; every fourth is asked. */
    public double coverage() {
        long cells = (long) width * height;
        long kept = 0;
        for (long at = 0; at < cells; at += 4) {
            kept += probability.get(ValueLayout.JAVA_FLOAT, 4 * at) >= 0.5f ? 1 : 0;
        }
        return kept / Math.ceil(cells / 4.0);
    }
}
