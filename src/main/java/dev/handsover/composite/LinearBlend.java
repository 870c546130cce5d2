package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;

/** Blending in linear light: docs/compositing.md, section 6. Slow and exact. */
final class LinearBlend implements AutoCloseable {
    private final FramePool pool;
    private final Frame before;
    private final PictureFormat canvas;
    private final float[] toRgb;
    private final double[] above = new double[3];
    private final double[] below = new double[3];

    LinearBlend(PictureFormat canvas) {
        this.canvas = canvas;
        this.pool = new FramePool(canvas.withAlpha(false), 1);
        try {
            this.before = pool.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        this.toRgb = canvas.color().toRgbMatrix();
    }

    /** Where the codes of something with alpha are. */
    interface Layer {
        long row(int plane, int y);

        long alphaRow(int plane, int y);
    }

    /** sRGB's decoding curve, IEC 61966-2-1. */
    static double decode(double v) {
        return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }

    /** sRGB's coding curve. */
    static double encode(double v) {
        return v <= 0.0031308 ? v * 12.92 : 1.055 * Math.pow(v, 1 / 2.4) - 0.055;
    }

    /** Draws the layer over {@code onto}, by way of a copy, since luma and chroma need each other as they were. */
    void over(Layer layer, Frame onto) {
        before.copyFrom(onto);
        blend(layer, before, onto);
    }

    /** Draws the layer over {@code below} into another picture. */
    void blend(Layer layer, Frame below, Frame onto) {
        int shift = canvas.chroma().shift;
        for (int plane = 0; plane < 3; plane++) {
            int w = canvas.planeWidth(plane);
            for (int y = 0; y < canvas.planeHeight(plane); y++) {
                long alpha = layer.alphaRow(plane, y);
                long to = onto.address(plane) + (long) y * onto.stride(plane);
                long from = below.address(plane) + (long) y * below.stride(plane);
                for (int x = 0; x < w; x++) {
                    int a = Memory.get(alpha + x);
                    int code = Memory.get(from + x);
                    if (a == 255) {
                        code = Memory.get(layer.row(plane, y) + x);
                    } else if (a > 0) {
                        code = plane == 0 ? luma(layer, below, x, y, shift, a) : chroma(layer, below, plane, x, y, a);
                    }
                    Memory.set(to + x, code);
                }
            }
        }
    }

    private int luma(Layer layer, Frame below, int x, int y, int shift, int alpha) {
        int cx = x >> shift;
        int cy = y >> shift;
        linear(
                Memory.get(layer.row(0, y) + x),
                Memory.get(layer.row(1, cy) + cx),
                Memory.get(layer.row(2, cy) + cx),
                above);
        linear(at(below, 0, x, y), at(below, 1, cx, cy), at(below, 2, cx, cy), this.below);
        return mix(alpha)[0];
    }

    private int chroma(Layer layer, Frame below, int plane, int x, int y, int alpha) {
        double mine = 0;
        double theirs = 0;
        int count = 0;
        int shift = canvas.chroma().shift;
        for (int ly = y << shift; ly < Math.min(canvas.height(), (y + 1) << shift); ly++) {
            for (int lx = x << shift; lx < Math.min(canvas.width(), (x + 1) << shift); lx++) {
                mine += Memory.get(layer.row(0, ly) + lx);
                theirs += at(below, 0, lx, ly);
                count++;
            }
        }
        linear(mine / count, Memory.get(layer.row(1, y) + x), Memory.get(layer.row(2, y) + x), above);
        linear(theirs / count, at(below, 1, x, y), at(below, 2, x, y), this.below);
        return mix(alpha)[plane];
    }

    private static int at(Frame frame, int plane, int x, int y) {
        return Memory.get(frame.address(plane) + (long) y * frame.stride(plane) + x);
    }

    private void linear(double y, double u, double v, double[] rgb) {
        for (int c = 0; c < 3; c++) {
            double value = toRgb[4 * c] * y + toRgb[4 * c + 1] * u + toRgb[4 * c + 2] * v + toRgb[4 * c + 3];
            rgb[c] = decode(Math.clamp(value, 0, 1));
        }
    }

    private int[] mix(int alpha) {
        double a = alpha / 255.0;
        double r = encode(below[0] + a * (above[0] - below[0]));
        double g = encode(below[1] + a * (above[1] - below[1]));
        double b = encode(below[2] + a * (above[2] - below[2]));
        double[] yuv = canvas.color().toYuv(r, g, b);
        for (int i = 0; i < 3; i++) {
            mixed[i] = (int) Math.clamp(Math.floor(yuv[i] + 0.5), 0, 255);
        }
        return mixed;
    }

    private final int[] mixed = new int[3];

    @Override
    public void close() {
        before.recycle();
        pool.close();
    }
}
