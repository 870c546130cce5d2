package dev.handsover.composite;

import dev.handsover.frame.Frame;

/** Layers on a transparent canvas, alpha not premultiplied: docs/compositing.md, section 4. */
final class StraightAlpha {
    private final Plane chromaBefore;

    /** @param chromaBefore room for the alpha of chroma samples before a layer is drawn */
    StraightAlpha(Plane chromaBefore) {
        this.chromaBefore = chromaBefore;
    }

    /** Draws a layer over what is there; where nothing covers, the codes say nothing either. */
    void over(LinearBlend.Layer layer, Frame picture, BlendKernels kernels) {
        SceneKernels scene = kernels.scene();
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
                scene.over(
                        layer.row(plane, y),
                        layer.alphaRow(plane, y),
                        before,
                        picture.address(plane) + (long) y * picture.stride(plane),
                        picture.format().planeWidth(plane));
            }
        }
        for (int y = 0; y < picture.height(); y++) {
            long to = picture.address(Frame.A) + (long) y * picture.stride(Frame.A);
            scene.cover(layer.alphaRow(0, y), to, picture.width());
        }
    }
}
