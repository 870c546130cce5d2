package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;

/**
 * Draws a look: frame and matte in, picture out. Two implementations give the same picture within 2/255 but on resampled
 * edges. Opened with the frames' format and the canvas's; one thread uses it, the one that opened it.
 *
 * <p>All blending is done on planar Y'CbCr codes: {@code out = below + alpha · (above − below)}; the alpha of a chroma
 * sample is the mean over its luma samples. Colours leave in the canvas's own {@code ColorSpec}, which is the frames'.
 */
public sealed interface Compositor extends AutoCloseable permits CpuCompositor, GlCompositor {
    /**
     * Draws one picture into {@code picture}, which has {@link #canvas} for its format and a single holder. Time stamps are
     * not touched.
     *
     * @param frame of the format given at open
     * @param matte of that frame
     * @param mask that the matte was made from; its classes are read when the look draws colours
     */
    void compose(Frame frame, Matte matte, Mask mask, Frame picture);

    /** How much of the last {@link #compose} went into bringing the picture back to the processor's memory, ns. */
    default long readBackNanos() {
        return 0;
    }

    /** The format of composited pictures: with an alpha plane when the look is transparent. */
    PictureFormat canvas();

    /** What draws, for people: {@code cpu (native kernels)}, {@code gl (llvmpipe, OpenGL 4.5)}. */
    String describe();

    /** Lets go of this thread, so that another one can use or close it. */
    default void leave() {}

    @Override
    void close();
}
