package dev.handsover.frame;

/**
 * The shape of a picture: planar YUV, 8 bit.
 *
 * @param width luma columns, 1 to 16384
 * @param height luma rows, 1 to 16384
 * @param chroma whether U and V have every sample or one for two by two
 * @param alpha whether a fourth plane of coverage follows (0 clear, 255 opaque; colours not premultiplied)
 * @param color what the numbers mean
 * @param pixelAspect width over height of one pixel as shown
 */
public record PictureFormat(
        int width, int height, Chroma chroma, boolean alpha, ColorSpec color, Rational pixelAspect) {
    public static final int MAX_SIDE = 16384;

    /** Chroma sampling: {@code shift} halvings in each direction; an odd luma size has a chroma size rounded up. */
    public enum Chroma {
        C420(1),
        C444(0);

        public final int shift;

        Chroma(int shift) {
            this.shift = shift;
        }
    }

    public PictureFormat {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw Failure.input("A picture of " + width + "×" + height + " cannot be processed; sides go from 1 to "
                    + MAX_SIDE + " pixels.");
        }
        if (pixelAspect.num() == 0) {
            pixelAspect = Rational.ONE;
        }
    }

    public static PictureFormat i420(int width, int height, ColorSpec color) {
        return new PictureFormat(width, height, Chroma.C420, false, color, Rational.ONE);
    }

    public int planes() {
        return alpha ? 4 : 3;
    }

    /** Columns of plane 0 (Y), 1 (U), 2 (V) or 3 (A). */
    public int planeWidth(int plane) {
        return plane == 1 || plane == 2 ? (width + chroma.shift) >> chroma.shift : width;
    }

    /** Rows of plane 0 (Y), 1 (U), 2 (V) or 3 (A). */
    public int planeHeight(int plane) {
        return plane == 1 || plane == 2 ? (height + chroma.shift) >> chroma.shift : height;
    }

    /** Width over height as shown. */
    public double displayAspect() {
        return width * pixelAspect.value() / height;
    }

    /**
     * In another size: with the same pixels where that is only a scale, else with square ones, for a size of another shape says
     * how the picture is to be shown.
     */
    public PictureFormat shownAs(int newWidth, int newHeight) {
        boolean scaled =
                Math.abs((double) newWidth / newHeight * height / width - 1) * Math.max(newWidth, newHeight) < 2;
        return new PictureFormat(newWidth, newHeight, chroma, alpha, color, scaled ? pixelAspect : Rational.ONE);
    }

    public PictureFormat withSize(int newWidth, int newHeight) {
        return new PictureFormat(newWidth, newHeight, chroma, alpha, color, pixelAspect);
    }

    public PictureFormat withAlpha(boolean newAlpha) {
        return new PictureFormat(width, height, chroma, newAlpha, color, pixelAspect);
    }
}
