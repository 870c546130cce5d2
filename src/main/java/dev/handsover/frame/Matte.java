package dev.handsover.frame;

import java.lang.foreign.MemorySegment;

/**
 * The alpha of one frame as a local linear function of its luma (He and Sun, "Fast Guided Filter", 2015): at a pixel with
 * luma code Y, {@code alpha = opacity · clamp(a · Y / 255 + b, 0, 1)}, where a and b are interpolated bilinearly from a
 * grid placed as in {@link Mask}, edge cells reaching out to the border. Whoever made it overwrites it with the next.
 *
 * @param a float32, width · height
 * @param b float32, width · height
 * @param opacity 0..1
 */
public record Matte(int width, int height, MemorySegment a, MemorySegment b, float opacity) {}
