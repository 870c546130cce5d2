package dev.handsover.evaluate;

import java.util.ArrayList;
import java.util.List;

/** Precision and recall of the mattes' regions against boxes: a region meets a box when their boxes' IoU is at least 0.5. */
public final class Boxes {
    private static final double ENOUGH = 0.5;
    private static final int HALF = 128;
    /** Regions below this share of the picture are specks. */
    private static final double SPECK = 0.002;

    private int regions;
    private int boxes;
    private int metRegions;
    private int metBoxes;

    /** @param known {@code x0 y0 x1 y1} as fractions */
    void add(byte[] alpha, int width, int height, List<double[]> known) {
        List<double[]> found = regions(alpha, width, height);
        regions += found.size();
        boxes += known.size();
        for (double[] region : found) {
            metRegions += known.stream().anyMatch(box -> iou(region, box) >= ENOUGH) ? 1 : 0;
        }
        for (double[] box : known) {
            metBoxes += found.stream().anyMatch(region -> iou(region, box) >= ENOUGH) ? 1 : 0;
        }
    }

    /** Boxes of connected regions, by flooding with a stack. */
    private static List<double[]> regions(byte[] alpha, int width, int height) {
        boolean[] seen = new boolean[alpha.length];
        int[] stack = new int[alpha.length];
        List<double[]> found = new ArrayList<>();
        for (int start = 0; start < alpha.length; start++) {
            if (seen[start] || (alpha[start] & 255) < HALF) {
                continue;
            }
            int top = 0;
            stack[top++] = start;
            seen[start] = true;
            int area = 0;
            int[] box = {width, height, 0, 0};
            while (top > 0) {
                int at = stack[--top];
                int x = at % width;
                int y = at / width;
                area++;
                box[0] = Math.min(box[0], x);
                box[1] = Math.min(box[1], y);
                box[2] = Math.max(box[2], x + 1);
                box[3] = Math.max(box[3], y + 1);
                int[] around = {x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width};
                for (int next : around) {
                    if (next >= 0 && next < alpha.length && !seen[next] && (alpha[next] & 255) >= HALF) {
                        seen[next] = true;
                        stack[top++] = next;
                    }
                }
            }
            if (area >= SPECK * alpha.length) {
                found.add(new double[] {
                    (double) box[0] / width, (double) box[1] / height, (double) box[2] / width, (double) box[3] / height
                });
            }
        }
        return found;
    }

    static double iou(double[] a, double[] b) {
        double w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
        double h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
        double both = Math.max(0, w) * Math.max(0, h);
        double either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
        return either <= 0 ? 0 : both / either;
    }

    public double precision() {
        return regions == 0 ? 1 : (double) metRegions / regions;
    }

    public double recall() {
        return boxes == 0 ? 1 : (double) metBoxes / boxes;
    }

    /** How many boxes there were. */
    public int boxes() {
        return boxes;
    }
}
