package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;

/**
 * The hands' own codes with the old background taken out of their edges (spill) and the new one's light let in (light wrap):
 * docs/compositing.md, section 5.
 */
final class EdgeLight {
    private static final double SIGMA = 12;
    private static final float LEAST_ALPHA = 0.1f;
    private final SceneKernels kernels;
    private final PictureFormat canvas;
    private final Look look;
    private final Plane[] codes = new Plane[3];
    private final CellMap[] maps = new CellMap[6];
    private final Cells[] old = new Cells[3];
    private final Cells[] fresh = new Cells[3];
    private final Cells alphaCells;
    private final Cells tmp;
    private final Cells weights;
    private final float[] rowCopy;
    private final int width;
    private final int height;

    EdgeLight(SceneKernels kernels, PictureFormat canvas, Look look, OldScene scene, Arena arena) {
        this.kernels = kernels;
        this.canvas = canvas;
        this.look = look;
        this.width = scene.width;
        this.height = scene.height;
        this.alphaCells = scene.cells(arena);
        this.tmp = scene.cells(arena);
        this.weights = scene.cells(arena);
        this.rowCopy = new float[canvas.width()];
        for (int plane = 0; plane < 3; plane++) {
            old[plane] = scene.cells(arena);
            fresh[plane] = scene.cells(arena);
            codes[plane] = new Plane(canvas.planeWidth(plane), canvas.planeHeight(plane), arena);
            int shift = plane == 0 ? 0 : canvas.chroma().shift;
            for (int k = 0; k < 2; k++) {
                maps[2 * plane + k] = new CellMap(width, height, canvas.planeWidth(plane), shift, arena);
            }
        }
    }

    /** Makes the new codes of a plane's samples for the layer over this backdrop. */
    void apply(HandsLayer hands, OldScene scene, Frame backdrop) {
        int radius = OldScene.radius(SIGMA, canvas.height());
        if (look.spill() > 0) {
            scene.blur(radius, old);
        }
        if (look.lightWrap() > 0) {
            smooth(backdrop, radius);
            cover(hands.alphaOf(0), radius);
        }
        for (int plane = 0; plane < 3; plane++) {
            for (int y = 0; y < canvas.planeHeight(plane); y++) {
                row(hands, plane, y);
            }
        }
    }

    /** Means of the new background's cells, blurred; cells beyond the edge count nothing. */
    private void smooth(Frame backdrop, int radius) {
        for (int plane = 0; plane < 3; plane++) {
            int cell = plane == 0 ? OldScene.CELL : OldScene.CELL >> canvas.chroma().shift;
            cells(backdrop.address(plane), backdrop.stride(plane), plane, cell, fresh[plane]);
            blurMeans(fresh[plane], 1, radius);
        }
    }

    /** Mean alpha of the cells, after the same filters. */
    private void cover(Plane alpha, int radius) {
        cells(alpha.address, alpha.stride, 0, OldScene.CELL, alphaCells);
        blurMeans(alphaCells, 255, radius);
    }

    /** From sums, with their counts in {@code weights}, to means over what the filters reach, in units of {@code one}. */
    private void blurMeans(Cells sums, float one, int radius) {
        kernels.boxes(sums, tmp, radius);
        kernels.boxes(weights, tmp, radius);
        for (int i = 0; i < weights.count(); i++) {
            sums.set(i, sums.get(i) / (one * Math.max(weights.get(i), 1e-6f)));
        }
    }

    private void cells(long from, int stride, int plane, int cell, Cells sums) {
        int w = canvas.planeWidth(plane);
        int h = canvas.planeHeight(plane);
        for (int cy = 0; cy < height; cy++) {
            for (int cx = 0; cx < width; cx++) {
                int sum = 0;
                int count = 0;
                for (int y = cy * cell; y < Math.min(h, cy * cell + cell); y++) {
                    for (int x = cx * cell; x < Math.min(w, cx * cell + cell); x++) {
                        sum += Memory.get(from + (long) y * stride + x);
                        count++;
                    }
                }
                sums.set(cy * width + cx, sum);
                weights.set(cy * width + cx, count);
            }
        }
    }

    private void row(HandsLayer hands, int plane, int y) {
        Plane alpha = hands.alphaOf(plane);
        long from = hands.address(plane) + (long) y * hands.stride(plane);
        float[] b = look.spill() > 0 ? maps[2 * plane].row(old[plane], y) : null;
        // copies: one map has one row
        float[] w = look.lightWrap() > 0 ? wrapRow(plane, y) : null;
        float[] cover = look.lightWrap() > 0 ? maps[2 * plane + 1].row(alphaCells, y) : null;
        for (int x = 0; x < alpha.width; x++) {
            int a8 = Memory.get(alpha.row(y) + x);
            float code = Memory.get(from + x);
            if (a8 > 0) {
                float a = a8 / 255f;
                if (b != null && a8 < 255) {
                    code += look.spill() * (1 - a) / Math.max(a, LEAST_ALPHA) * (code - b[x]);
                    code = Math.clamp(code, 0f, 255f);
                }
                if (w != null && cover != null) {
                    code += look.lightWrap() * (1 - Math.min(cover[x], 1)) * (w[x] - code);
                }
            }
            Memory.set(codes[plane].row(y) + x, (int) (Math.clamp(code, 0f, 255f) + 0.5f));
        }
    }

    private float[] wrapRow(int plane, int y) {
        float[] row = maps[2 * plane + 1].row(fresh[plane], y);
        System.arraycopy(row, 0, rowCopy, 0, row.length);
        return rowCopy;
    }

    /** The codes made by {@link #apply}. */
    Plane codes(int plane) {
        return codes[plane];
    }
}
