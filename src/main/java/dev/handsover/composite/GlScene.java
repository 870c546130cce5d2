package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.PictureFormat;

/** {@link OldScene} and {@link EdgeLight} on the graphics device: cells of 4 × 4 luma pixels (docs/compositing.md). */
final class GlScene {
    private static final double SIGMA = 12;
    private final GlPasses passes;
    private final PictureFormat canvas;
    private final int shift;
    private final GlPlane first;
    private final GlPlane second;
    private final GlPlane full;
    private final GlPlane tmp;
    private final GlPlane blurredFirst;
    private final GlPlane blurredSecond;
    private final GlPlane columnSums;
    private final GlPlane firstTotal;
    private final GlPlane secondTotal;
    private final GlPlane fullBlurred;
    private final GlPlane colors;
    private final GlPlane oldColors;
    private final GlPlane fresh;
    private final GlPlane none;
    private int fullRadius = -1;

    GlScene(GlPasses passes, PictureFormat canvas) {
        this.passes = passes;
        this.canvas = canvas;
        this.shift = canvas.chroma().shift;
        int w = (canvas.width() + OldScene.CELL - 1) / OldScene.CELL;
        int h = (canvas.height() + OldScene.CELL - 1) / OldScene.CELL;
        this.second = passes.plane(w, h, Kind.NUMBERS);
        this.first = passes.plane(second, Kind.NUMBERS);
        this.full = passes.plane(passes.plane(w, h, Kind.NUMBERS), Kind.NUMBERS);
        this.tmp = passes.plane(w, h, Kind.NUMBERS);
        this.blurredFirst = passes.plane(w, h, Kind.NUMBERS);
        this.blurredSecond = passes.plane(w, h, Kind.NUMBERS);
        this.columnSums = passes.plane(w, 1, Kind.NUMBERS);
        this.firstTotal = passes.plane(1, 1, Kind.NUMBERS);
        this.secondTotal = passes.plane(1, 1, Kind.NUMBERS);
        this.fullBlurred = passes.plane(w, h, Kind.NUMBERS);
        this.colors = passes.plane(w, h, Kind.NUMBERS);
        this.oldColors = passes.plane(w, h, Kind.NUMBERS);
        this.fresh = passes.plane(w, h, Kind.NUMBERS);
        this.none = passes.plane(canvas.width(), canvas.height(), Kind.CODE);
        none.fill(0);
    }

    /** Adds up the layer's pixels with weights 255 − alpha. */
    void load(GlPlane[] hands, GlPlane alpha, GlPlane chromaAlpha) {
        sum(hands, alpha, chromaAlpha, first);
        total(first, firstTotal);
        total(second, secondTotal);
    }

    private void sum(GlPlane[] planes, GlPlane alpha, GlPlane chromaAlpha, GlPlane to) {
        passes.pass("sums")
                .with("luma", planes[0])
                .with("cb", planes[1])
                .with("cr", planes[2])
                .with("alpha", alpha)
                .with("chroma_alpha", chromaAlpha)
                .with("shift", shift)
                .draw(to);
    }

    private void total(GlPlane cells, GlPlane to) {
        passes.pass("total").with("cells", cells).with("along_rows", 0).draw(columnSums);
        passes.pass("total").with("cells", columnSums).with("along_rows", 1).draw(to);
    }

    /** Three box filters each way; {@code to} may be {@code from}. */
    private void boxes(GlPlane from, int radius, GlPlane to) {
        GlPlane in = from;
        for (int i = 0; i < 3; i++) {
            passes.pass("box")
                    .with("cells", in)
                    .with("direction", 1, 0)
                    .with("radius", radius)
                    .draw(tmp);
            passes.pass("box")
                    .with("cells", tmp)
                    .with("direction", 0, 1)
                    .with("radius", radius)
                    .draw(to);
            in = to;
        }
    }

    /** What the sums are without any hand, through the same filters. */
    private void weigh(GlPlane[] hands, int radius) {
        if (radius != fullRadius) {
            sum(hands, none, none, full);
            boxes(full, radius, fullBlurred);
            fullRadius = radius;
        }
    }

    /** Fills three planes with the blurred room. */
    void blur(double sigma, GlPlane[] hands, GlPlane[] to) {
        quotients(OldScene.radius(sigma, canvas.height()), hands, colors);
        for (int plane = 0; plane < 3; plane++) {
            passes.pass("spread")
                    .with("colors", colors)
                    .with("channel", plane)
                    .with("shift", plane == 0 ? 0 : shift)
                    .draw(to[plane]);
        }
    }

    private void quotients(int radius, GlPlane[] hands, GlPlane to) {
        weigh(hands, radius);
        boxes(first, radius, blurredFirst);
        boxes(second, radius, blurredSecond);
        passes.pass("quotient")
                .with("first", blurredFirst)
                .with("second", blurredSecond)
                .with("first_total", firstTotal)
                .with("second_total", secondTotal)
                .with("full", fullBlurred)
                .draw(to);
    }

    /** The hands' codes with spill taken out and the light of {@code below} let in. */
    void light(Look look, GlPlane[] hands, GlPlane alpha, GlPlane chromaAlpha, GlPlane[] below, GlPlane[] to) {
        int radius = OldScene.radius(SIGMA, canvas.height());
        quotients(radius, hands, oldColors);
        passes.pass("means")
                .with("luma", below[0])
                .with("cb", below[1])
                .with("cr", below[2])
                .with("alpha", alpha)
                .with("shift", shift)
                .draw(fresh);
        boxes(fresh, radius, fresh);
        for (int plane = 0; plane < 3; plane++) {
            passes.pass("edge")
                    .with("plane", hands[plane])
                    .with("alpha", plane == 0 ? alpha : chromaAlpha)
                    .with("old_scene", oldColors)
                    .with("fresh", fresh)
                    .with("weights", fullBlurred)
                    .with("spill", look.spill())
                    .with("wrap", look.lightWrap())
                    .with("channel", plane)
                    .with("shift", plane == 0 ? 0 : shift)
                    .draw(to[plane]);
        }
    }
}
