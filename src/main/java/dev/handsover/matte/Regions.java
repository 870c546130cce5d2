package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Connected regions of a mask: specks are dropped and holes filled by their area. Four neighbours, union-find over runs of
 * equal cells (after Rosenfeld and Pfaltz 1966), of which a mask of hands has a few in each row; all buffers are made once.
 */
final class Regions {
    /** How far around a speck, in cells, its soft skirt is cleared too. */
    private static final int SKIRT = 2;

    private final int w;
    private final int h;
    private final MatteKernels kernels;
    /** One byte a cell. */
    private final MemorySegment inside;
    /** The first cell of each run, row by row; runs of a row take turns inside and outside. */
    private final MemorySegment firsts;

    private final int[] first;
    private final int[] parent;
    private final int[] area;
    private final boolean[] atBorder;
    private int runs;

    Regions(MatteKernels kernels, int w, int h, Arena arena) {
        this.kernels = kernels;
        this.w = w;
        this.h = h;
        int n = w * h;
        this.inside = arena.allocate(n + 8L, 64);
        this.firsts = arena.allocate(4L * (n + 1), 64);
        this.first = new int[n + 1];
        this.parent = new int[n];
        this.area = new int[n];
        this.atBorder = new boolean[n];
    }

    /**
     * @param q mask 0..1, changed in place; inside is above one half
     * @param minCells specks of fewer cells are dropped
     * @param fillCells holes of fewer cells are filled
     */
    void clean(MemorySegment q, int minCells, int fillCells) {
        runs = kernels.runs(q, w, h, inside, firsts);
        MemorySegment.copy(firsts, JAVA_INT, 0, first, 0, runs + 1);
        if (runs == h && !anyInside()) {
            q.asSlice(0, 4L * w * h).fill((byte) 0);
            return;
        }
        connect();
        for (int run = 0; run < runs; run++) {
            int root = root(run);
            boolean speck = inside(first[run]) && area[root] < minCells;
            boolean hole = !inside(first[run]) && !atBorder[root] && area[root] < fillCells;
            for (int i = first[run]; (speck || hole) && i < first[run + 1]; i++) {
                if (speck) {
                    clear(q, i);
                } else {
                    q.setAtIndex(JAVA_FLOAT, i, 1);
                }
            }
        }
    }

    private boolean anyInside() {
        for (int run = 0; run < runs; run++) {
            if (inside(first[run])) {
                return true;
            }
        }
        return false;
    }

    private boolean inside(int cell) {
        return inside.get(JAVA_BYTE, cell) != 0;
    }

    /** Unites runs that touch across two rows; sums areas and notes who touches the border. */
    private void connect() {
        int above = 0;
        int run = 0;
        for (int y = 0; y < h; y++) {
            int begin = run;
            int end = (y + 1) * w;
            for (; run < runs && first[run] < end; run++) {
                parent[run] = run;
                if (y > 0) {
                    above = uniteAbove(above, begin, run);
                }
            }
            above = begin;
        }
        for (int i = 0; i < runs; i++) {
            area[i] = 0;
            atBorder[i] = false;
        }
        for (int i = 0; i < runs; i++) {
            int root = root(i);
            int from = first[i];
            int to = first[i + 1];
            area[root] += to - from;
            atBorder[root] |= from < w || to > w * (h - 1) || from % w == 0 || to % w == 0;
        }
    }

    /** Unites a run with those like it that end above it, from {@code above} on; returns where its right neighbour goes on. */
    private int uniteAbove(int above, int begin, int run) {
        int from = first[run] - w;
        int to = first[run + 1] - w;
        int at = above;
        while (first[at + 1] <= from) {
            at++;
        }
        int reached = at;
        for (; at < begin && first[at] < to; at++) {
            if (inside(first[at]) == inside(first[run])) {
                union(at, run);
            }
            reached = at;
        }
        return reached;
    }

    private int root(int i) {
        int at = i;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }

    private void union(int a, int b) {
        int ra = root(a);
        int rb = root(b);
        if (ra < rb) {
            parent[rb] = ra;
        } else {
            parent[ra] = rb;
        }
    }

    /** Zero for the cell and for the soft cells around it, but not for cells of a region that stays. */
    private void clear(MemorySegment q, int cell) {
        int cx = cell % w;
        int cy = cell / w;
        for (int y = Math.max(0, cy - SKIRT); y <= Math.min(h - 1, cy + SKIRT); y++) {
            for (int x = Math.max(0, cx - SKIRT); x <= Math.min(w - 1, cx + SKIRT); x++) {
                int i = y * w + x;
                if (i == cell || !inside(i)) {
                    q.setAtIndex(JAVA_FLOAT, i, 0);
                }
            }
        }
    }
}
