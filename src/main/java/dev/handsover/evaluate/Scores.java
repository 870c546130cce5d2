package dev.handsover.evaluate;

import java.util.Arrays;

/**
 * Sums over pixels of alphas and true masks, both 0..255, that give the field's measures. A pixel counts as found from 128 on,
 * as true from 128 on.
 */
public final class Scores {
    private static final int HALF = 128;
    private static final int UNIT = 255;
    /** How near outlines meet, as a share of the picture's diagonal; the tools count with the same. */
    private static final double BAND = 0.0075;

    private long both;
    private long found;
    private long there;
    private long pixels;
    private double sumOfErrors;
    private double sumOfIous;
    private double sumOfEdges;
    private int pictures;
    private int withHands;

    /** One picture's measures. */
    public record Picture(double iou, double edges) {}

    /** Adds a picture of {@code width × height}; the truth may be all zero. */
    public Picture add(byte[] alpha, byte[] truth, int width, int height) {
        long ownBoth = 0;
        long ownFound = 0;
        long ownThere = 0;
        long error = 0;
        for (int i = 0; i < alpha.length; i++) {
            int a = alpha[i] & UNIT;
            int t = truth[i] & UNIT;
            ownFound += a >= HALF ? 1 : 0;
            ownThere += t >= HALF ? 1 : 0;
            ownBoth += a >= HALF && t >= HALF ? 1 : 0;
            error += Math.abs(a - t);
        }
        both += ownBoth;
        found += ownFound;
        there += ownThere;
        pixels += alpha.length;
        pictures++;
        sumOfErrors += error / (double) UNIT / alpha.length;
        long either = ownFound + ownThere - ownBoth;
        double iou = either == 0 ? 1 : (double) ownBoth / either;
        double edges = edges(alpha, truth, width, height);
        if (ownThere > 0) {
            withHands++;
            sumOfIous += iou;
            sumOfEdges += edges;
        }
        return new Picture(iou, edges);
    }

    /** F-measure of the outlines, each met where the other's lies within the band; 1 where neither has any. */
    private static double edges(byte[] alpha, byte[] truth, int width, int height) {
        int radius = Math.max(1, (int) Math.rint(BAND * Math.hypot(width, height)));
        boolean[] a = outline(alpha, width, height);
        boolean[] t = outline(truth, width, height);
        double precision = met(a, spread(t, width, height, radius));
        double recall = met(t, spread(a, width, height, radius));
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /** Pixels inside that have one outside among their eight neighbours; the picture's border is no edge. */
    private static boolean[] outline(byte[] mask, int width, int height) {
        boolean[] outline = new boolean[mask.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean whole = true;
                for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
                        whole &= (mask[v * width + u] & UNIT) >= HALF;
                    }
                }
                outline[y * width + x] = !whole && (mask[y * width + x] & UNIT) >= HALF;
            }
        }
        return outline;
    }

    /** Everything within a disc of {@code radius} pixels. */
    private static boolean[] spread(boolean[] in, int width, int height, int radius) {
        boolean[] all = new boolean[in.length];
        for (int i = 0; i < in.length; i++) {
            if (in[i]) {
                int x = i % width;
                int y = i / width;
                for (int v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
                    int reach = (int) Math.rint(Math.sqrt((double) radius * radius - (double) (v - y) * (v - y)));
                    Arrays.fill(
                            all,
                            v * width + Math.max(0, x - reach),
                            v * width + Math.min(width - 1, x + reach) + 1,
                            true);
                }
            }
        }
        return all;
    }

    private static double met(boolean[] outline, boolean[] near) {
        int count = 0;
        int met = 0;
        for (int i = 0; i < outline.length; i++) {
            count += outline[i] ? 1 : 0;
            met += outline[i] && near[i] ? 1 : 0;
        }
        return count == 0 ? 1 : (double) met / count;
    }

    /** Adds another's sums. */
    public void add(Scores other) {
        both += other.both;
        found += other.found;
        there += other.there;
        pixels += other.pixels;
        sumOfErrors += other.sumOfErrors;
        sumOfIous += other.sumOfIous;
        sumOfEdges += other.sumOfEdges;
        pictures += other.pictures;
        withHands += other.withHands;
    }

    public int pictures() {
        return pictures;
    }

    /** Intersection over union of all pixels of all pictures; 1 where there is nothing and nothing was found. */
    public double iou() {
        long either = found + there - both;
        return either == 0 ? 1 : (double) both / either;
    }

    /** Mean of the own of those pictures that have any. */
    public double meanIou() {
        return withHands == 0 ? 1 : sumOfIous / withHands;
    }

    public double precision() {
        return found == 0 ? 1 : (double) both / found;
    }

    public double recall() {
        return there == 0 ? 1 : (double) both / there;
    }

    /** Harmonic mean of precision and recall. */
    public double f() {
        return found + there == 0 ? 1 : 2.0 * both / (found + there);
    }

    /** Mean over the same pictures of the outlines' F-measure. */
    public double edges() {
        return withHands == 0 ? 1 : sumOfEdges / withHands;
    }

    /** Mean over pictures of the mean absolute difference of alpha and truth, 0..1. */
    public double mae() {
        return pictures == 0 ? 0 : sumOfErrors / pictures;
    }

    /** Share of all pixels that was found: the false alarms of pictures without hands. */
    public double coverage() {
        return pixels == 0 ? 0 : (double) found / pixels;
    }
}
