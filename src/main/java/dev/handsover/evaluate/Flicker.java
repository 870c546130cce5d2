package dev.handsover.evaluate;

/**
 * How much mattes change from frame to frame where the picture stands still: mean |change| in codes 0..255 over pixels
 * whose 5 × 5 mean luma moves by less than {@link #STILL} codes, near (within {@link #NEAR} pixels) what either frame keeps.
 */
public final class Flicker {
    private static final float STILL = 3;
    private static final int NEAR = 12;
    private static final int KEPT = 8;
    private double sum;
    private long count;
    private float[] lumaBefore = new float[0];
    private byte[] alphaBefore = new byte[0];

    /** The next frame begins another video. */
    void begin() {
        alphaBefore = new byte[0];
    }

    void add(byte[] luma, byte[] alpha, int width, int height) {
        float[] calm = mean(luma, width, height);
        if (alphaBefore.length == alpha.length) {
            boolean[] near = near(alpha, width, height);
            for (int i = 0; i < alpha.length; i++) {
                if (near[i] && Math.abs(calm[i] - lumaBefore[i]) < STILL) {
                    sum += Math.abs((alpha[i] & 255) - (alphaBefore[i] & 255));
                    count++;
                }
            }
        }
        lumaBefore = calm;
        alphaBefore = alpha;
    }

    /** 5 × 5 means by sums over rows, then columns; cut at the border. */
    private static float[] mean(byte[] in, int width, int height) {
        float[] rows = new float[in.length];
        float[] out = new float[in.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = Math.max(0, x - 2);
                int to = Math.min(width - 1, x + 2);
                int total = 0;
                for (int k = from; k <= to; k++) {
                    total += in[y * width + k] & 255;
                }
                rows[y * width + x] = (float) total / (to - from + 1);
            }
        }
        for (int y = 0; y < height; y++) {
            int from = Math.max(0, y - 2);
            int to = Math.min(height - 1, y + 2);
            for (int x = 0; x < width; x++) {
                float total = 0;
                for (int k = from; k <= to; k++) {
                    total += rows[k * width + x];
                }
                out[y * width + x] = total / (to - from + 1);
            }
        }
        return out;
    }

    private boolean[] near(byte[] alpha, int width, int height) {
        boolean[] columns = new boolean[alpha.length];
        for (int i = 0; i < alpha.length; i++) {
            if ((alpha[i] & 255) > KEPT || (alphaBefore[i] & 255) > KEPT) {
                int x = i % width;
                for (int k = Math.max(0, x - NEAR); k <= Math.min(width - 1, x + NEAR); k++) {
                    columns[i - x + k] = true;
                }
            }
        }
        boolean[] near = new boolean[alpha.length];
        for (int x = 0; x < width; x++) {
            int last = -NEAR - 1;
            for (int y = 0; y < height; y++) {
                last = columns[y * width + x] ? y : last;
                near[y * width + x] = y - last <= NEAR;
            }
            last = height + NEAR + 1;
            for (int y = height - 1; y >= 0; y--) {
                last = columns[y * width + x] ? y : last;
                near[y * width + x] |= last - y <= NEAR;
            }
        }
        return near;
    }

    /** Codes a frame; 0 when nothing stood still. */
    public double value() {
        return count == 0 ? 0 : sum / count;
    }
}
