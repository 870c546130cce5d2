package dev.handsover.frame;

/**
 * How the numbers of a YUV picture mean colours.
 *
 * @param matrix the luma weights
 * @param fullRange luma 0..255 (JPEG) instead of 16..235, chroma 0..255 instead of 16..240
 * @param primaries code point of ITU-T H.273 table 2, carried to the output untouched; 2 is "unspecified"
 * @param transfer code point of ITU-T H.273 table 3, carried to the output untouched; 2 is "unspecified"
 */
public record ColorSpec(Matrix matrix, boolean fullRange, int primaries, int transfer) {
    /** Luma weights of red and blue, and the code point of ITU-T H.273 table 4. */
    public enum Matrix {
        BT601(0.299, 0.114, 6),
        BT709(0.2126, 0.0722, 1),
        BT2020(0.2627, 0.0593, 9);

        public final double kr;
        public final double kb;
        public final int code;

        Matrix(double kr, double kb, int code) {
            this.kr = kr;
            this.kb = kb;
            this.code = code;
        }
    }

    public static final int UNSPECIFIED = 2;

    /** JPEG's colours: BT.601, full range. */
    public static final ColorSpec JPEG = new ColorSpec(Matrix.BT601, true, UNSPECIFIED, UNSPECIFIED);

    /** What an untagged stream of this height is taken for: BT.601 below 720 lines, BT.709 from there, limited range. */
    public static ColorSpec assumedFor(int height) {
        return new ColorSpec(height < 720 ? Matrix.BT601 : Matrix.BT709, false, UNSPECIFIED, UNSPECIFIED);
    }

    public int lumaOffset() {
        return fullRange ? 0 : 16;
    }

    /** Codes between black and white. */
    public int lumaSpan() {
        return fullRange ? 255 : 219;
    }

    /** Codes between the extremes of Cb and Cr, centred on 128. */
    public int chromaSpan() {
        return fullRange ? 255 : 224;
    }

    /** Y'CbCr codes (not yet rounded) of gamma-coded R'G'B' in 0..1; ITU-T H.273 equations 27 to 30 and 38 to 40. */
    public double[] toYuv(double r, double g, double b) {
        double y = matrix.kr * r + (1 - matrix.kr - matrix.kb) * g + matrix.kb * b;
        double cb = (b - y) / (2 * (1 - matrix.kb));
        double cr = (r - y) / (2 * (1 - matrix.kr));
        return new double[] {lumaOffset() + lumaSpan() * y, 128 + chromaSpan() * cb, 128 + chromaSpan() * cr};
    }

    /**
     * Rows of R', G', B' (0..1) by columns of Y, Cb, Cr codes and 1: {@code rgb = m · (y, cb, cr, 1)}. The inverse of
     * {@link #toYuv}, for kernels and shaders.
     */
    public float[] toRgbMatrix() {
        double kg = 1 - matrix.kr - matrix.kb;
        double y = 1.0 / lumaSpan();
        double c = 1.0 / chromaSpan();
        double rv = 2 * (1 - matrix.kr) * c;
        double bu = 2 * (1 - matrix.kb) * c;
        double gu = -bu * matrix.kb / kg;
        double gv = -rv * matrix.kr / kg;
        double o = -lumaOffset() * y;
        return new float[] {
            (float) y, 0, (float) rv, (float) (o - 128 * rv),
            (float) y, (float) gu, (float) gv, (float) (o - 128 * (gu + gv)),
            (float) y, (float) bu, 0, (float) (o - 128 * bu)
        };
    }
}
