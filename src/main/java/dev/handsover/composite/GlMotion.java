package dev.handsover.composite;

/**
 * {@code matte.MaskMotion} on the graphics device: the mask of a frame that the network does not see, carried over from the frame
 * before along with the motion of luma, in the same steps by the same numbers. For the context's thread; frames come in order.
 */
final class GlMotion {
    private static final int BLOCK = 16;
    /** Shifts of a block that are tried at first, each way. */
    private static final int SHIFTS = 13;

    private final GlPasses passes;
    private final GlCells edges;
    private final GlCells costs;
    private final GlCells moved;
    private final GlCells shifts;
    private final GlCells one;
    private final GlCells other;

    /**
     * @param w cells of every mask
     * @param h rows of cells of every mask
     */
    GlMotion(GlPasses passes, int w, int h) {
        int across = (w + BLOCK - 1) / BLOCK;
        int down = (h + BLOCK - 1) / BLOCK;
        this.passes = passes;
        this.edges = passes.cells(across, down, 1);
        this.costs = passes.cells(across * SHIFTS, down * SHIFTS, 1);
        this.moved = passes.cells(across, down, 4);
        this.shifts = passes.cells(across, down, 4);
        this.one = passes.cells(w, h, 1);
        this.other = passes.cells(w, h, 1);
    }

    /**
     * Carries a mask over to the next frame.
     *
     * @param held the mask of the frame before, made by the network or by this
     * @param means mean codes of the new frame's cells
     * @param before of the frame before it
     * @return valid until the call after the next
     */
    GlCells carry(GlCells held, GlCells means, GlCells before) {
        passes.give(frames("carry_edges", held, means, before), edges);
        passes.give(frames("carry_costs", held, means, before).reading("edge", edges), costs);
        passes.give(
                frames("carry_choose", held, means, before)
                        .reading("edge", edges)
                        .reading("cost", costs),
                moved);
        passes.give(passes.cells("carry_spread").reading("moved", moved), shifts);
        GlCells to = held == one ? other : one;
        passes.give(passes.cells("carry_move").reading("shift", shifts).reading("held", held), to);
        return to;
    }

    private GlProgram frames(String name, GlCells held, GlCells means, GlCells before) {
        return passes.cells(name)
                .reading("means", means)
                .reading("before", before)
                .reading("held", held);
    }
}
