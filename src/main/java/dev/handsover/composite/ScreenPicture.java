package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import org.jspecify.annotations.Nullable;

/** The last picture in a window's context, in one of two ways: {@link ShadedPicture} and {@link ConvertedPicture}. */
sealed interface ScreenPicture extends AutoCloseable permits ShadedPicture, ConvertedPicture {
    /** Side of the squares of the board behind what is transparent, pixels of the picture. */
    int SQUARE = 16;

    /** The board's grays, 0..255. */
    int LIGHT = 158;

    int DARK = 128;

    /** Takes the pixels in; the frame may be reused after that. */
    void take(Frame picture);

    /** What was taken last, or null. */
    @Nullable PictureFormat format();

    /**
     * Draws it into the framebuffer that is bound.
     *
     * @param left of the picture, pixels
     * @param bottom of the picture, pixels from the framebuffer's lower edge
     */
    void draw(int left, int bottom, int width, int height);

    @Override
    void close();
}
