package dev.handsover.composite;

import dev.handsover.frame.Frame;

/** The room in squares, each the mean of its pixels that are no hand: docs/compositing.md, section 3. */
final class Pixelate {
    private Pixelate() {}

    /** Side of the squares in luma pixels of a canvas. */
    static int side(int block, int canvasHeight, int shift) {
        int side = Math.max(2, (int) Math.floor((double) block * canvasHeight / 720 + 0.5));
        return shift == 0 ? side : (side + 1) / 2 * 2;
    }

    static void draw(HandsLayer hands, int block, Frame onto) {
        int shift = onto.format().chroma().shift;
        int side = side(block, onto.height(), shift);
        for (int plane = 0; plane < 3; plane++) {
            plane(hands, plane, plane == 0 ? side : side >> shift, plane == 0 ? 126 : 128, onto);
        }
    }

    private static void plane(HandsLayer hands, int plane, int side, int nothing, Frame onto) {
        int w = onto.format().planeWidth(plane);
        int h = onto.format().planeHeight(plane);
        int whole = mean(hands, plane, 0, 0, w, h, nothing);
        for (int y = 0; y < h; y += side) {
            for (int x = 0; x < w; x += side) {
                int x1 = Math.min(w, x + side);
                int y1 = Math.min(h, y + side);
                int code = mean(hands, plane, x, y, x1, y1, whole);
                for (int yy = y; yy < y1; yy++) {
                    Memory.fill(onto.address(plane) + (long) yy * onto.stride(plane) + x, code, x1 - x);
                }
            }
        }
    }

    private static int mean(HandsLayer hands, int plane, int x0, int y0, int x1, int y1, int otherwise) {
        Plane alpha = hands.alphaOf(plane);
        long weights = 0;
        long values = 0;
        for (int y = y0; y < y1; y++) {
            long from = hands.address(plane) + (long) y * hands.stride(plane);
            for (int x = x0; x < x1; x++) {
                int w = 255 - Memory.get(alpha.row(y) + x);
                weights += w;
                values += (long) w * Memory.get(from + x);
            }
        }
        return weights == 0 ? otherwise : (int) ((2 * values + weights) / (2 * weights));
    }
}
