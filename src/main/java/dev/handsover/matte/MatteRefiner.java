package dev.handsover.matte;

import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;

/** Seam: masks in, mattes out; steady over time and true to the picture's edges. */
public final class MatteRefiner implements AutoCloseable {
    /**
     * @param width cells of every mask
     * @param height rows of cells of every mask
     * @param frameHeight lines of the frames, which scale the lengths in {@code settings}
     */
    public MatteRefiner(int width, int height, int frameWidth, int frameHeight, MatteSettings settings) {
        throw new UnsupportedOperationException();
    }

    /** The next frame's matte, overwritten by the next call. */
    public Matte refine(Mask mask) {
        throw new UnsupportedOperationException();
    }

    /** Forgets earlier frames: after a cut, or when the stream jumps. */
    public void reset() {}

    @Override
    public void close() {}
}
