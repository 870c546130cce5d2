package dev.handsover.composite;

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
    private final int shift;
    /** Sums of w, w·Y, wc, wc·U, wc·V. */
    private final float[][] sums;

    private final float[][] blurred;
    private final float[] tmp;
    private final float[] full;
    private final float[] fullBlurred;
    private final float[] chromaFull;
    private final float[] mean = new float[3];
    private final float[] totals = new float[5];

    /** For canvases of this size and chroma shift. */
    OldScene(int canvasWidth, int canvasHeight, int shift) {
        this.width = (canvasWidth + CELL - 1) / CELL;
        this.height = (canvasHeight + CELL - 1) / CELL;
        this.shift = shift;
        int n = width * height;
        this.sums = new float[5][n];
        this.blurred = new float[5][n];
        this.tmp = new float[n];
        this.full = new float[2 * n];
        this.fullBlurred = new float[n];
        this.chromaFull = new float[n];
        weigh(canvasWidth, canvasHeight);
    }

    /** How much weight a cell without hands has: what the thresholds refer to. */
    private void weigh(int canvasWidth, int canvasHeight) {
        int n = width * height;
        int cell = CELL >> shift;
        int cw = (canvasWidth + shift) >> shift;
        int ch = (canvasHeight + shift) >> shift;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int lumas = Math.min(CELL, canvasWidth - x * CELL) * Math.min(CELL, canvasHeight - y * CELL);
                int chromas = Math.max(0, Math.min(cell, cw - x * cell)) * Math.max(0, Math.min(cell, ch - y * cell));
                full[y * width + x] = 255f * lumas;
                full[n + y * width + x] = 255f * chromas;
            }
        }
    }

    /** Adds up the layer's pixels with weights 255 − alpha; or all alike, for a new background. */
    void load(HandsLayer layer) {
        sum(layer.address(0), layer.stride(0), layer.alphaOf(0), W, CELL, 1);
        sum(layer.address(1), layer.stride(1), layer.alphaOf(1), WC, CELL >> shift, 3);
        sum(layer.address(2), layer.stride(2), layer.alphaOf(2), WC, CELL >> shift, 4);
        for (int k = 0; k < 5; k++) {
            double total = 0;
            for (float v : sums[k]) {
                total += v;
            }
            totals[k] = (float) total;
        }
        mean[0] = totals[0] > 0 ? totals[1] / totals[0] : NOTHING[0];
        mean[1] = totals[2] > 0 ? totals[3] / totals[2] : NOTHING[1];
        mean[2] = totals[2] > 0 ? totals[4] / totals[2] : NOTHING[2];
    }

    private void sum(long from, int stride, Plane alpha, int weight, int cell, int to) {
        for (int cy = 0; cy < height; cy++) {
            for (int cx = 0; cx < width; cx++) {
                int ws = 0;
                int vs = 0;
                for (int y = cy * cell; y < Math.min(alpha.height, cy * cell + cell); y++) {
                    for (int x = cx * cell; x < Math.min(alpha.width, cx * cell + cell); x++) {
                        int w = 255 - Memory.get(alpha.row(y) + x);
                        ws += w;
                        vs += w * Memory.get(from + (long) y * stride + x);
                    }
                }
                sums[weight][cy * width + cx] = ws;
                sums[to][cy * width + cx] = vs;
            }
        }
    }

    /** Box radius in cells of a blur with this standard deviation in pixels of 720 lines. */
    static int radius(double sigma, int canvasHeight) {
        double s = sigma * canvasHeight / 720 / CELL;
        return Math.max(1, (int) Math.floor((Math.sqrt(4 * s * s + 1) - 1) / 2 + 0.5));
    }

    /** Blurs the sums and writes the colours of the cells: one plane each for Y, U and V. */
    void blur(int radius, float[][] colors) {
        int n = width * height;
        for (int k = 0; k < 5; k++) {
            System.arraycopy(sums[k], 0, blurred[k], 0, n);
            boxes(blurred[k], tmp, width, height, radius);
        }
        System.arraycopy(full, 0, fullBlurred, 0, n);
        boxes(fullBlurred, tmp, width, height, radius);
        System.arraycopy(full, n, chromaFull, 0, n);
        boxes(chromaFull, tmp, width, height, radius);
        for (int i = 0; i < n; i++) {
            boolean some = blurred[W][i] > fullBlurred[i] * 1e-3f;
            boolean someChroma = blurred[WC][i] > chromaFull[i] * 1e-3f;
            colors[0][i] = some ? blurred[1][i] / blurred[W][i] : mean[0];
            colors[1][i] = someChroma ? blurred[3][i] / blurred[WC][i] : mean[1];
            colors[2][i] = someChroma ? blurred[4][i] / blurred[WC][i] : mean[2];
        }
    }

    /** Three box filters of 2r + 1 cells each way; what lies outside counts nothing. */
    static void boxes(float[] plane, float[] tmp, int w, int h, int r) {
        float share = 1f / (2 * r + 1);
        for (int pass = 0; pass < 3; pass++) {
            for (int y = 0; y < h; y++) {
                run(plane, y * w, 1, w, r, share, tmp);
            }
            for (int x = 0; x < w; x++) {
                run(tmp, x, w, h, r, share, plane);
            }
        }
    }

    private static void run(float[] in, int from, int step, int n, int r, float share, float[] out) {
        double sum = 0;
        for (int i = 0; i <= r && i < n; i++) {
            sum += in[from + i * step];
        }
        for (int i = 0; i < n; i++) {
            out[from + i * step] = (float) (sum * share);
            if (i + r + 1 < n) {
                sum += in[from + (i + r + 1) * step];
            }
            if (i - r >= 0) {
                sum -= in[from + (i - r) * step];
            }
        }
    }
}
