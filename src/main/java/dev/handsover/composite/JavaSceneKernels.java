package dev.handsover.composite;

/** The twin of {@code native/scene.c} and {@code native/warp.c}: the same operations in the same order. */
final class JavaSceneKernels implements SceneKernels {
    private static final int UNIT = 255;

    @Override
    public void weigh(long from, int stride, Plane alpha, int cell, Cells weights, Cells values) {
        for (int cy = 0; cy < weights.height; cy++) {
            for (int cx = 0; cx < weights.width; cx++) {
                int ws = 0;
                int vs = 0;
                for (int y = cy * cell; y < Math.min(alpha.height, cy * cell + cell); y++) {
                    for (int x = cx * cell; x < Math.min(alpha.width, cx * cell + cell); x++) {
                        int w = UNIT - Memory.get(alpha.row(y) + x);
                        ws += w;
                        vs += w * Memory.get(from + (long) y * stride + x);
                    }
                }
                weights.set(cy * weights.width + cx, ws);
                values.set(cy * weights.width + cx, vs);
            }
        }
    }

    @Override
    public void boxes(Cells plane, Cells tmp, int r) {
        float share = 1f / (2 * r + 1);
        for (int pass = 0; pass < 3; pass++) {
            for (int y = 0; y < plane.height; y++) {
                run(plane, y * plane.width, 1, plane.width, r, share, tmp);
            }
            for (int x = 0; x < plane.width; x++) {
                run(tmp, x, plane.width, plane.height, r, share, plane);
            }
        }
    }

    private static void run(Cells in, int from, int step, int n, int r, float share, Cells out) {
        double sum = 0;
        for (int i = 0; i <= r && i < n; i++) {
            sum += in.get(from + i * step);
        }
        for (int i = 0; i < n; i++) {
            out.set(from + i * step, (float) (sum * share));
            if (i + r + 1 < n) {
                sum += in.get(from + (i + r + 1) * step);
            }
            if (i - r >= 0) {
                sum -= in.get(from + (i - r) * step);
            }
        }
    }

    @Override
    public void quotients(Cells values, Cells weights, Cells full, float otherwise, Cells out) {
        for (int i = 0; i < values.count(); i++) {
            boolean some = weights.get(i) > full.get(i) * 1e-3f;
            out.set(i, some ? values.get(i) / weights.get(i) : otherwise);
        }
    }

    @Override
    public void spread(Cells cells, CellMap map, long out, int stride, int rows) {
        for (int y = 0; y < rows; y++) {
            float[] row = map.row(cells, y);
            for (int x = 0; x < row.length; x++) {
                Memory.set(out + (long) y * stride + x, (int) (row[x] + 0.5f));
            }
        }
    }

    @Override
    public void squares(long from, int stride, Plane alpha, int side, int nothing, long out, int outStride) {
        int whole = mean(from, stride, alpha, 0, 0, alpha.width, alpha.height, nothing);
        for (int y = 0; y < alpha.height; y += side) {
            for (int x = 0; x < alpha.width; x += side) {
                int x1 = Math.min(alpha.width, x + side);
                int y1 = Math.min(alpha.height, y + side);
                int code = mean(from, stride, alpha, x, y, x1, y1, whole);
                for (int yy = y; yy < y1; yy++) {
                    Memory.fill(out + (long) yy * outStride + x, code, x1 - x);
                }
            }
        }
    }

    private static int mean(long from, int stride, Plane alpha, int x0, int y0, int x1, int y1, int otherwise) {
        long weights = 0;
        long values = 0;
        for (int y = y0; y < y1; y++) {
            for (int x = x0; x < x1; x++) {
                int w = UNIT - Memory.get(alpha.row(y) + x);
                weights += w;
                values += (long) w * Memory.get(from + (long) y * stride + x);
            }
        }
        return weights == 0 ? otherwise : (int) ((2 * values + weights) / (2 * weights));
    }

    @Override
    public void gray(Plane alpha, int offset, int span, long out, int outStride) {
        for (int y = 0; y < alpha.height; y++) {
            for (int x = 0; x < alpha.width; x++) {
                int gray = offset + (2 * span * Memory.get(alpha.row(y) + x) + UNIT) / (2 * UNIT);
                Memory.set(out + (long) y * outStride + x, gray);
            }
        }
    }

    @Override
    public void over(long above, long alpha, long before, long onto, int w) {
        for (int x = 0; x < w; x++) {
            int t = Memory.get(alpha + x);
            if (t == 0) {
                continue;
            }
            int rest = Memory.get(before + x) * (UNIT - t);
            int whole = UNIT * t + rest;
            int sum = UNIT * t * Memory.get(above + x) + rest * Memory.get(onto + x);
            Memory.set(onto + x, (sum + whole / 2) / whole);
        }
    }

    @Override
    public void cover(long alpha, long onto, int w) {
        for (int x = 0; x < w; x++) {
            int t = Memory.get(alpha + x);
            Memory.set(onto + x, t + (Memory.get(onto + x) * (UNIT - t) + UNIT / 2) / UNIT);
        }
    }

    @Override
    public void warp(long from, int stride, int w, int h, Warp warp, Plane to, boolean clear) {
        warp.resample(from, stride, w, h, to, clear);
    }
}
