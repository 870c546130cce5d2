package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.MatteFigures;

/**
 * {@code matte.MatteRefiner} on the graphics device: a mask and the cells' luma to the coefficients of alpha, in the same steps by
 * the same numbers. For the context's thread; frames come in order.
 */
final class GlMatte {
    private static final int BLOCK = 16;

    private final GlPasses passes;
    private final MatteFigures figures;
    private final int[] whole;
    private final float[] part;
    private final GlCells blocks;
    private final GlPlane total;
    private final GlCells motion;
    private final GlCells steep;
    private final GlCells[] held = new GlCells[2];
    private final GlRegions regions;
    private final GlCells one;
    private final GlCells other;
    private final GlCells rows;
    private final GlCells fit;
    private final GlPlane slopes;
    private final GlPlane offsets;
    private int now;
    private boolean past;

    /**
     * @param w cells of every mask
     * @param h rows of cells of every mask
     */
    GlMatte(GlPasses passes, MatteFigures figures, int w, int h) {
        this.passes = passes;
        this.figures = figures;
        this.whole = figures.grow().whole();
        this.part = figures.grow().part();
        this.blocks = passes.cells((w + BLOCK - 1) / BLOCK, (h + BLOCK - 1) / BLOCK, 4);
        this.total = passes.plane(1, 1, Kind.NUMBERS);
        this.motion = passes.cells(w, h, 1);
        this.steep = passes.cells(w, h, 1);
        this.held[0] = passes.cells(steep);
        this.held[1] = passes.cells(steep);
        this.regions = new GlRegions(passes, w, h, figures.minCells(), figures.fillCells());
        this.one = passes.cells(w, h, 1);
        this.other = passes.cells(w, h, 1);
        this.rows = passes.cells(w, h, 4);
        this.fit = passes.cells(w, h, 4);
        this.offsets = passes.plane(w, h, Kind.NUMBER);
        this.slopes = passes.plane(offsets, Kind.NUMBER);
    }

    /**
     * Makes the next frame's coefficients.
     *
     * @param probability of being kept
     * @param means mean codes of the frame's cells
     * @param before of the frame before it
     */
    void refine(GlCells probability, GlCells means, GlCells before) {
        steady(probability, means, before);
        fit(feathered(grown(regions.clean(steep))), means);
        past = true;
    }

    private void steady(GlCells probability, GlCells means, GlCells before) {
        MatteFigures.Steady steady = figures.steady();
        passes.give(
                passes.cells("matte_change")
                        .reading("means", means)
                        .reading("before", before)
                        .reading("probability", probability)
                        .with("ceiling", steady.ceiling()),
                blocks);
        GlProgram sum = passes.cells("matte_total").reading("sums", blocks);
        if (passes.compute()) {
            sum.drawing(total);
        }
        sum.run(total);
        passes.give(passes.cells("matte_motion").reading("means", means).reading("before", before), motion);
        now = 1 - now;
        GlProgram hold = passes.cells("matte_hold")
                .reading("fresh", probability)
                .reading("motion", motion)
                .reading("held", held[1 - now])
                .with("total", total)
                .with("first", past ? 0 : 1)
                .with("cut", steady.cut())
                .with("floor_times", steady.floorTimes())
                .with("floor_least", steady.floorLeast())
                .with("gain", 1 / steady.within())
                .with("keep", steady.keep())
                .with("threshold", figures.threshold())
                .with("slope", figures.slope());
        if (passes.compute()) {
            hold.giving(held[now]).giving(steep);
        }
        hold.run(held[now]);
    }

    private GlCells grown(GlCells mask) {
        GlCells from = mask;
        for (int i = 0; i < figures.grow().steps(); i++) {
            GlCells to = from == one ? other : one;
            passes.give(
                    passes.cells("matte_grow")
                            .reading("mask", from)
                            .pairs("whole", whole)
                            .pairs("part", part)
                            .with("direction", figures.grow().outwards() ? 1f : -1f),
                    to);
            from = to;
        }
        return from;
    }

    private GlCells feathered(GlCells mask) {
        GlCells from = mask;
        for (int i = 0; figures.feather() > 0 && i < 4; i++) {
            GlCells to = from == one ? other : one;
            passes.give(
                    passes.cells("matte_box")
                            .reading("mask", from)
                            .with("direction", i % 2 == 0 ? 1 : 0, i % 2)
                            .with("radius", figures.feather()),
                    to);
            from = to;
        }
        return from;
    }

    private void fit(GlCells mask, GlCells means) {
        MatteFigures.Fit how = figures.fit();
        passes.give(
                passes.cells("guided_products")
                        .reading("mask", mask)
                        .reading("means", means)
                        .with("radius", how.radius()),
                rows);
        passes.give(
                passes.cells("guided_slopes")
                        .reading("rows", rows)
                        .with("radius", how.radius())
                        .with("epsilon", how.epsilon()),
                fit);
        passes.give(passes.cells("guided_rows").reading("fit", fit).with("radius", how.radius()), rows);
        GlProgram settle = passes.cells("guided_settle")
                .reading("rows", rows)
                .with("radius", how.radius())
                .with("contrast", how.contrast())
                .with("sure", how.sure())
                .with("invert", how.invert() ? 1 : 0);
        if (passes.compute()) {
            settle.drawing(slopes).drawing(offsets);
        }
        settle.run(slopes);
    }

    /** a of {@code alpha = a · Y + b}, until the next call. */
    GlPlane slopes() {
        return slopes;
    }

    GlPlane offsets() {
        return offsets;
    }

    /** One cell: mean change of luma, that of noise, share of cells called hand, 1. */
    GlPlane total() {
        return total;
    }

    float opacity() {
        return figures.opacity();
    }

    /** Forgets earlier frames. */
    void reset() {
        past = false;
    }
}
