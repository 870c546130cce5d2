package dev.handsover.composite;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;

/** Puts a layer over what is there, in one of three ways (docs/compositing.md, sections 4 and 6). */
final class GlBlend {
    private final GlPasses passes;
    private final PictureFormat canvas;
    private final boolean linear;
    private final float[] toRgb;
    private final float[] toYuv;

    /** Gives the alpha of a plane's samples. */
    @FunctionalInterface
    interface AlphaOf {
        GlPlane of(int plane);
    }

    GlBlend(GlPasses passes, PictureFormat canvas, boolean linear) {
        this.passes = passes;
        this.canvas = canvas;
        this.linear = linear;
        this.toRgb = toRgb(canvas.color());
        this.toYuv = new float[12];
        double[] zero = canvas.color().toYuv(0, 0, 0);
        for (int column = 0; column < 4; column++) {
            double[] unit = canvas.color().toYuv(column == 0 ? 1 : 0, column == 1 ? 1 : 0, column == 2 ? 1 : 0);
            for (int row = 0; row < 3; row++) {
                toYuv[3 * column + row] = (float) (column == 3 ? zero[row] : unit[row] - zero[row]);
            }
        }
    }

    /** {@link ColorSpec#toRgbMatrix} column by column, as {@code yuv.glsl} takes it. */
    static float[] toRgb(ColorSpec color) {
        float[] rows = color.toRgbMatrix();
        float[] columns = new float[12];
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 4; column++) {
                columns[3 * column + row] = rows[4 * row + column];
            }
        }
        return columns;
    }

    /** Over an opaque picture; {@code to} is none of the others. */
    void over(GlPlane[] above, AlphaOf alpha, GlPlane[] below, GlPlane[] to) {
        for (int plane = 0; plane < 3; plane++) {
            if (linear) {
                overLinear(above, alpha.of(plane), below, plane, to[plane]);
            } else {
                passes.pass("blend")
                        .with("above", above[plane])
                        .with("alpha", alpha.of(plane))
                        .with("below", below[plane])
                        .draw(to[plane]);
            }
        }
    }

    private void overLinear(GlPlane[] above, GlPlane alpha, GlPlane[] below, int plane, GlPlane to) {
        passes.pass("linear")
                .with("above_y", above[0])
                .with("above_u", above[1])
                .with("above_v", above[2])
                .with("below_y", below[0])
                .with("below_u", below[1])
                .with("below_v", below[2])
                .with("alpha", alpha)
                .with("to_rgb", toRgb)
                .with("to_yuv", toYuv)
                .with("channel", plane)
                .with("shift", canvas.chroma().shift)
                .draw(to);
    }

    /**
     * Over a transparent picture, straight alpha.
     *
     * @param chromaBefore room for the alpha of chroma samples before
     */
    void straight(GlPlane[] above, AlphaOf alpha, GlPlane[] below, GlPlane chromaBefore, GlPlane[] to) {
        boolean halved = canvas.chroma() == PictureFormat.Chroma.C420;
        if (halved) {
            passes.pass("halve").with("alpha", below[Frame.A]).draw(chromaBefore);
        }
        for (int plane = 0; plane < 3; plane++) {
            passes.pass("straight")
                    .with("above", above[plane])
                    .with("alpha", alpha.of(plane))
                    .with("below", below[plane])
                    .with("before", halved && plane > 0 ? chromaBefore : below[Frame.A])
                    .draw(to[plane]);
        }
        passes.pass("cover")
                .with("alpha", alpha.of(Frame.A))
                .with("before", below[Frame.A])
                .draw(to[Frame.A]);
    }
}
