package dev.handsover.composite;

import java.lang.foreign.Arena;

/**
 * What the room looks like behind the hands, guessed from around them and never from their own pixels: weighted sums over cells
 * of 4 × 4 luma pixels, blurred (docs/compositing.md, section 2).
 */
final class OldScene {
    static final int CELL = 4;
    private static final int W = 0;
    private static final int WC = 2;
    private static final float[] NOTHING = {126, 128, 128};
    final int width;
    final int height;
    private final SceneKernels kernels;
    private final int shift;
    /** Sums of w, w·Y, wc, wc·U, wc·V. */
    private final Cells[] sums = new Cells[5];

    private final Cells[] blurred = new Cells[5];
    private final Cells tmp;
    /** How much weight cells without hands have, of luma and of chroma: what the thresholds refer to. */
    private final Cells[] full = new Cells[2];

    private final Cells[] fullBlurred = new Cells[2];
    private int fullRadius;
    private final float[] mean = new float[3];

    /** For canvases of this size and chroma shift. */
    OldScene(SceneKernels kernels, int canvasWidth, int canvasHeight, int shift, Arena arena) {
        this.kernels = kernels;
        this.width = (canvasWidth + CELL - 1) / CELL;
        this.height = (canvasHeight + CELL - 1) / CELL;
        this.shift = shift;
        this.tmp = cells(arena);
        for (int k = 0; k < 5; k++) {
            sums[k] = cells(arena);
            blurred[k] = cells(arena);
        }
        for (int k = 0; k < 2; k++) {
            full[k] = cells(arena);
            fullBlurred[k] = cells(arena);
        }
        weigh(canvasWidth, canvasHeight);
    }

    /** Cells of this scene's grid. */
    Cells cells(Arena arena) {
        return new Cells(width, height, arena);
    }

    private void weigh(int canvasWidth, int canvasHeight) {
        int cell = CELL >> shift;
        int cw = (canvasWidth + shift) >> shift;
        int ch = (canvasHeight + shift) >> shift;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int lumas = Math.min(CELL, canvasWidth - x * CELL) * Math.min(CELL, canvasHeight - y * CELL);
                int chromas = Math.max(0, Math.min(cell, cw - x * cell)) * Math.max(0, Math.min(cell, ch - y * cell));
                full[0].set(y * width + x, 255f * lumas);
                full[1].set(y * width + x, 255f * chromas);
            }
        }
    }

    /** Adds up the layer's pixels with weights 255 − alpha. */
    void load(HandsLayer layer) {
        int cell = CELL >> shift;
        kernels.weigh(layer.address(0), layer.stride(0), layer.alphaOf(0), CELL, sums[W], sums[1]);
        kernels.weigh(layer.address(1), layer.stride(1), layer.alphaOf(1), cell, sums[WC], sums[3]);
        kernels.weigh(layer.address(2), layer.stride(2), layer.alphaOf(2), cell, sums[WC], sums[4]);
        float[] totals = new float[5];
        for (int k = 0; k < 5; k++) {
            double total = 0;
            for (int i = 0; i < width * height; i++) {
                total += sums[k].get(i);
            }
            totals[k] = (float) total;
        }
        mean[0] = totals[W] > 0 ? totals[1] / totals[W] : NOTHING[0];
        mean[1] = totals[WC] > 0 ? totals[3] / totals[WC] : NOTHING[1];
        mean[2] = totals[WC] > 0 ? totals[4] / totals[WC] : NOTHING[2];
    }

    /** Box radius in cells of a blur with this standard deviation in pixels of 720 lines. */
    static int radius(double sigma, int canvasHeight) {
        double s = sigma * canvasHeight / 720 / CELL;
        return Math.max(1, (int) Math.floor((Math.sqrt(4 * s * s + 1) - 1) / 2 + 0.5));
    }

    /** Blurs the sums and writes the colours of the cells: one plane each for Y, U and V. */
    void blur(int radius, Cells[] colors) {
        for (int k = 0; k < 5; k++) {
            blurred[k].copyFrom(sums[k]);
            kernels.boxes(blurred[k], tmp, radius);
        }
        // the same in every frame
        for (int k = 0; k < 2 && fullRadius != radius; k++) {
            fullBlurred[k].copyFrom(full[k]);
            kernels.boxes(fullBlurred[k], tmp, radius);
        }
        fullRadius = radius;
        kernels.quotients(blurred[1], blurred[W], fullBlurred[0], mean[0], colors[0]);
        kernels.quotients(blurred[3], blurred[WC], fullBlurred[1], mean[1], colors[1]);
        kernels.quotients(blurred[4], blurred[WC], fullBlurred[1], mean[2], colors[2]);
    }
}
