package dev.handsover.frame;

import java.lang.foreign.MemorySegment;
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
}
