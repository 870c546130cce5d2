package dev.handsover.capture;

import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;

/** How a picture of another shape fills the canvas. */
public enum Fit {
    /** Fills it all; what stands over is cut off on both sides. */
    COVER,
    /** Shows it all; bars are black, or clear where there is an alpha plane. */
    CONTAIN,
    /** Fills it all and shows it all, distorted. */
    STRETCH,
    /** In its own size, repeated from the top left corner. */
    TILE;

    /**
     * The size to scale to, in canvas pixels, before what is too much is cut or what is missing is padded.
     *
     * @param crops larger than the canvas in one direction
     */
    record Cut(int width, int height, boolean crops) {}

    /** The scaled size of a picture of {@code width × height} pixels of that aspect on the canvas. */
    Cut cut(int width, int height, Rational pixelAspect, PictureFormat canvas) {
        double across = width * pixelAspect.value() / canvas.pixelAspect().value();
        double sx = canvas.width() / across;
        double sy = (double) canvas.height() / height;
        return switch (this) {
            case STRETCH -> new Cut(canvas.width(), canvas.height(), false);
            case TILE -> new Cut((int) Math.round(across), height, false);
            case COVER -> {
                double s = Math.max(sx, sy);
                yield new Cut(
                        Math.max(canvas.width(), (int) Math.round(across * s)),
                        Math.max(canvas.height(), (int) Math.round(height * s)),
                        true);
            }
            case CONTAIN -> {
                double s = Math.min(sx, sy);
                yield new Cut(
                        Math.clamp(Math.round(across * s), 1, canvas.width()),
                        Math.clamp(Math.round(height * s), 1, canvas.height()),
                        false);
            }
        };
    }
}
