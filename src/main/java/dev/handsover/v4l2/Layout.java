package dev.handsover.v4l2;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.ColorSpec.Matrix;

/**
 * What a device was set to.
 *
 * @param rowBytes of the first plane; 0 for compressed pictures
 * @param bytes of one picture, at most
 * @param color what the numbers of uncompressed YUV mean
 */
public record Layout(Coding coding, int width, int height, int rowBytes, int bytes, ColorSpec color) {
    private static final int JPEG_SPACE = 7;
    private static final int FULL = 1;

    /** The kernel's V4L2_MAP_QUANTIZATION_DEFAULT and V4L2_MAP_YCBCR_ENC_DEFAULT, for YUV. */
    static ColorSpec color(int space, int encoding, int quantization) {
        boolean full = quantization == FULL || quantization == 0 && space == JPEG_SPACE;
        Matrix matrix =
                switch (encoding) {
                    case 1, 3 -> Matrix.BT601;
                    case 2, 4 -> Matrix.BT709;
                    case 6, 7 -> Matrix.BT2020;
                    default ->
                        switch (space) {
                            case 3, 12 -> Matrix.BT709;
                            case 10 -> Matrix.BT2020;
                            default -> Matrix.BT601;
                        };
                };
        return new ColorSpec(matrix, full, ColorSpec.UNSPECIFIED, ColorSpec.UNSPECIFIED);
    }
}
