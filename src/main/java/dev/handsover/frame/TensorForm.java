package dev.handsover.frame;

import java.util.List;

/**
 * A network's input: how mean codes of cells become its elements, for whatever device does it. An element is {@code
 * clamp(m · (y, u, v, 1), 0, 1) · gain + bias} with a row of m for each channel.
 *
 * @param width cells
 * @param height rows of cells
 * @param planar one plane a channel (NCHW) instead of one triple a cell (NHWC)
 * @param bytes of an element: 4 a float, 2 a half, 1 a code
 * @param coefficients twelve of m, row by row, then gain and bias of each channel
 */
public record TensorForm(int width, int height, boolean planar, int bytes, List<Float> coefficients) {
    public static final int COEFFICIENTS = 18;

    public TensorForm {
        coefficients = List.copyOf(coefficients);
        if (coefficients.size() != COEFFICIENTS || bytes != 4 && bytes != 2 && bytes != 1) {
            throw new IllegalArgumentException(coefficients.size() + " coefficients, " + bytes + " bytes");
        }
    }

    /** Bytes of the whole tensor. */
    public long size() {
        return 3L * width * height * bytes;
    }
}
