package dev.handsover.composite;

import dev.handsover.frame.Frame;

/** Layers on a transparent canvas, alpha not premultiplied: docs/compositing.md, section 4. */
final class StraightAlpha {
    private static final int UNIT = 255;
    private final Plane chromaBefore;

    /** @param chromaBefore room for the alpha of chroma samples before a layer is drawn */
    StraightAlpha(Plane chromaBefore) {
        this.chromaBefore = chromaBefore;
    }

    /** Draws a layer over what is there; where nothing covers, the codes say nothing either. */
    void over(LinearBlend.Layer layer, Frame picture, BlendKernels kernels) {
        boolean halved = picture.format().chroma().shift == 1;
        if (halved) {
            kernels.halve(
                    picture.address(Frame.A),
                    picture.stride(Frame.A),
                    picture.width(),
                    picture.height(),
                    0,
                    chromaBefore.height,
                    chromaBefore.address,
                    chromaBefore.stride);
        }
        for (int plane = 2; plane >= 0; plane--) {
            for (int y = 0; y < picture.format().planeHeight(plane); y++) {
                long before = plane > 0 && halved
                        ? chromaBefore.row(y)
                        : picture.address(Frame.A) + (long) y * picture.stride(Frame.A);
                row(layer, plane, y, before, picture);
            }
        }
        for (int y = 0; y < picture.height(); y++) {
            long to = picture.address(Frame.A) + (long) y * picture.stride(Frame.A);
            long alpha = layer.alphaRow(0, y);
            for (int x = 0; x < picture.width(); x++) {
                int t = Memory.get(alpha + x);
                Memory.set(to + x, t + (Memory.get(to + x) * (UNIT - t) + UNIT / 2) / UNIT);
            }
        }
    }

    private static void row(LinearBlend.Layer layer, int plane, int y, long before, Frame picture) {
        long to = picture.address(plane) + (long) y * picture.stride(plane);
        long from = layer.row(plane, y);
        long alpha = layer.alphaRow(plane, y);
        int w = picture.format().planeWidth(plane);
        for (int x = 0; x < w; x++) {
            int t = Memory.get(alpha + x);
            if (t == 0) {
                continue;
            }
            int rest = Memory.get(before + x) * (UNIT - t);
            int whole = UNIT * t + rest;
            Memory.set(to + x, (UNIT * t * Memory.get(from + x) + rest * Memory.get(to + x) + whole / 2) / whole);
        }
    }
}
