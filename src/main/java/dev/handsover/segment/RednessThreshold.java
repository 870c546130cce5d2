package dev.handsover.segment;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/**
 * Whatever is redder than a threshold that the picture itself gives. Redness is Cr of JPEG's YCbCr, the one channel in
 * which skin stands out from most rooms, smoothed by a binomial of five. In whole numbers throughout, as the tools count.
 */
final class RednessThreshold implements ClassicMethod.Marker {
    private static final int CODES = 256;
    private final int width;
    private final int height;
    private final ToIntFunction<int[]> rule;
    private final int[] redness;
    private final int[] across;
    private final int[] histogram = new int[CODES];

    /** @param rule from a histogram of two codes or more to the highest code that is not marked */
    RednessThreshold(int width, int height, ToIntFunction<int[]> rule) {
        this.width = width;
        this.height = height;
        this.rule = rule;
        this.redness = new int[width * height];
        this.across = new int[width * height];
    }

    @Override
    public void mark(MemorySegment rgb, MemorySegment probability) {
        for (int i = 0; i < redness.length; i++) {
            redness[i] = Colour.cr(
                    rgb.get(JAVA_BYTE, 3L * i) & 255,
                    rgb.get(JAVA_BYTE, 3L * i + 1) & 255,
                    rgb.get(JAVA_BYTE, 3L * i + 2) & 255);
        }
        smooth();
        Arrays.fill(histogram, 0);
        for (int code : redness) {
            histogram[code]++;
        }
        // a picture of one code has no two classes: nothing is marked
        int limit = histogram[redness[0]] == redness.length ? CODES : rule.applyAsInt(histogram);
        for (int i = 0; i < redness.length; i++) {
            probability.setAtIndex(JAVA_FLOAT, i, redness[i] > limit ? 1f : 0f);
        }
    }

    /** (1, 4, 6, 4, 1) / 16 along rows and columns, mirrored at the borders, rounded once. */
    private void smooth() {
        for (int y = 0; y < height; y++) {
            int row = y * width;
            for (int x = 0; x < width; x++) {
                across[row + x] = redness[row + mirror(x - 2, width)]
                        + redness[row + mirror(x + 2, width)]
                        + 4 * (redness[row + mirror(x - 1, width)] + redness[row + mirror(x + 1, width)])
                        + 6 * redness[row + x];
            }
        }
        for (int y = 0; y < height; y++) {
            int two = mirror(y - 2, height) * width;
            int one = mirror(y - 1, height) * width;
            int next = mirror(y + 1, height) * width;
            int last = mirror(y + 2, height) * width;
            for (int x = 0; x < width; x++) {
                int sum = across[two + x] + across[last + x] + 4 * (across[one + x] + across[next + x]);
                redness[y * width + x] = (sum + 6 * across[y * width + x] + 128) >> 8;
            }
        }
    }

    private static int mirror(int at, int size) {
        return at < 0 ? -at : at < size ? at : 2 * size - 2 - at;
    }

    /** The code up to which and above which the classes differ most: largest between-class variance. */
    static int otsu(int[] histogram) {
        long all = 0;
        long sum = 0;
        for (int code = 0; code < CODES; code++) {
            all += histogram[code];
            sum += (long) code * histogram[code];
        }
        long below = 0;
        long sumBelow = 0;
        double most = -1;
        int best = 0;
        for (int code = 0; code < CODES; code++) {
            below += histogram[code];
            sumBelow += (long) code * histogram[code];
            if (below > 0 && below < all) {
                double apart = (double) sumBelow / below - (double) (sum - sumBelow) / (all - below);
                double variance = (double) below * (all - below) * apart * apart;
                if (variance > most) {
                    most = variance;
                    best = code;
                }
            }
        }
        return best;
    }

    /** The lowest code that lies less than one below the middle of the means of what it parts. */
    static int ridlerCalvard(int[] histogram) {
        long all = 0;
        long sum = 0;
        for (int code = 0; code < CODES; code++) {
            all += histogram[code];
            sum += (long) code * histogram[code];
        }
        long below = 0;
        long sumBelow = 0;
        for (int code = 0; code < CODES; code++) {
            below += histogram[code];
            sumBelow += (long) code * histogram[code];
            if (below > 0 && below < all) {
                double middle = ((double) sumBelow / below + (double) (sum - sumBelow) / (all - below)) / 2;
                if (middle >= code && middle - code < 1) {
                    return code;
                }
            }
        }
        throw new IllegalStateException("a histogram of one code has no threshold");
    }
}
