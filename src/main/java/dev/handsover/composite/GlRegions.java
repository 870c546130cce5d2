package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import org.jspecify.annotations.Nullable;

/**
 * {@code matte.Regions} on the graphics device: specks go, holes are filled. Compute shaders unite regions by atomics; without
 * them labels spread in rounds, as many as the largest region that may go has cells, and regions that are not whole by then stay
 * as they are. For the context's thread.
 */
final class GlRegions {
    private static final int GROUP = 64;
    /** More rounds cost more than they find: labels jump, so most regions are whole after a few. */
    private static final int MOST_ROUNDS = 128;

    private final GlPasses passes;
    private final int w;
    private final int h;
    private final int minCells;
    private final int fillCells;
    private final GlCells verdict;
    private final GlCells clean;
    private final @Nullable GlCells labels;
    private final @Nullable GlCells areas;
    private final GlPlane[] rounds;
    private final @Nullable GlPlane counts;
    private final @Nullable GlPlane columns;
    private final @Nullable GlPlane counted;

    GlRegions(GlPasses passes, int w, int h, int minCells, int fillCells) {
        this.passes = passes;
        this.w = w;
        this.h = h;
        this.minCells = minCells;
        this.fillCells = fillCells;
        this.verdict = passes.cells(w, h, 1);
        this.clean = passes.cells(w, h, 1);
        if (passes.compute()) {
            labels = passes.cells(w, h, 1);
            areas = passes.cells(w * h + 1, 1, 1);
            rounds = new GlPlane[0];
            counts = null;
            columns = null;
            counted = null;
        } else {
            labels = null;
            areas = null;
            rounds = new GlPlane[] {passes.plane(w, h, Kind.NUMBER), passes.plane(w, h, Kind.NUMBER)};
            counts = passes.plane(w, h, Kind.NUMBERS);
            columns = passes.plane(w, 1, Kind.NUMBERS);
            counted = passes.plane(1, 1, Kind.NUMBERS);
        }
    }

    /** The mask without specks and holes, until the next call. */
    GlCells clean(GlCells steep) {
        if (labels != null && areas != null) {
            unite(steep, labels.buffer(), areas.buffer());
        } else if (counts != null && columns != null && counted != null) {
            spread(steep.plane(), counts, columns, counted);
        }
        GlProgram pass = passes.cells("matte_clean").reading("steep", steep).reading("verdict", verdict);
        if (passes.compute()) {
            pass.giving(clean);
        }
        pass.run(clean);
        return clean;
    }

    private void unite(GlCells steep, int label, int area) {
        int groups = (w * h + GROUP - 1) / GROUP;
        int across = (w + 7) / 8;
        int down = (h + 7) / 8;
        passes.computing("regions_begin")
                .buffer(0, label)
                .buffer(1, area)
                .with("count", w * h)
                .dispatch(groups, 1);
        passes.computing("regions_unite")
                .buffer(0, label)
                .buffer(1, steep.buffer())
                .with("size", w, h)
                .dispatch(across, down);
        passes.computing("regions_measure")
                .buffer(0, label)
                .buffer(1, area)
                .buffer(2, steep.buffer())
                .with("size", w, h)
                .dispatch(across, down);
        passes.computing("regions_judge")
                .buffer(0, label)
                .buffer(1, area)
                .buffer(2, steep.buffer())
                .buffer(3, verdict.buffer())
                .with("count", w * h)
                .with("min_cells", minCells)
                .with("fill_cells", fillCells)
                .dispatch(groups, 1);
    }

    private void spread(GlPlane steep, GlPlane area, GlPlane sums, GlPlane all) {
        int last = 0;
        int wanted = Math.clamp(Math.max(minCells, fillCells), 1, MOST_ROUNDS);
        for (int i = 0; i < wanted; i++) {
            passes.pass("regions_spread")
                    .with("labels", rounds[last])
                    .with("steep", steep)
                    .with("first", i == 0 ? 1 : 0)
                    .draw(rounds[1 - last]);
            last = 1 - last;
        }
        passes.points("regions_count")
                .with("labels", rounds[last])
                .with("steep", steep)
                .scatter(area, w * h);
        passes.pass("total").with("cells", area).with("along_rows", 0).draw(sums);
        passes.pass("total").with("cells", sums).with("along_rows", 1).draw(all);
        passes.pass("regions_judge")
                .with("labels", rounds[last])
                .with("steep", steep)
                .with("counts", area)
                .with("counted", all)
                .with("min_cells", minCells)
                .with("fill_cells", fillCells)
                .draw(verdict.plane());
    }
}
