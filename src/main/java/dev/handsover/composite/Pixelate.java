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

    static void draw(SceneKernels kernels, HandsLayer hands, int block, Frame onto) {
        int shift = onto.format().chroma().shift;
        int side = side(block, onto.height(), shift);
        for (int plane = 0; plane < 3; plane++) {
            kernels.squares(
                    hands.address(plane),
                    hands.stride(plane),
                    hands.alphaOf(plane),
                    plane == 0 ? side : side >> shift,
                    plane == 0 ? 126 : 128,
                    onto.address(plane),
                    onto.stride(plane));
        }
    }
}
