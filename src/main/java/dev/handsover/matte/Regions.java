package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Connected regions of a mask: specks are dropped and holes filled by their area. Four neighbours, two passes with
 * union-find (Rosenfeld and Pfaltz 1966); all buffers are made once.
 */
final class Regions {
    /** How far around a speck, in cells, its soft skirt is cleared too. */
    private static final int SKIRT = 2;

    private final int w;
    private final int h;
    private final int[] label;
    private final int[] parent;
    private final int[] area;
    private final boolean[] atBorder;
    private final boolean[] inside;

    Regions(int w, int h) {
        this.w = w;
        this.h = h;
        int n = w * h;
        this.label = new int[n];
        this.parent = new int[n];
        this.area = new int[n];
        this.atBorder = new boolean[n];
        this.inside = new boolean[n];
    }

    /**
     * @param q mask 0..1, changed in place; inside is above one half
     * @param minCells specks of fewer cells are dropped
     * @param fillCells holes of fewer cells are filled
     */
    void clean(MemorySegment q, int minCells, int fillCells) {
        int n = w * h;
        boolean any = false;
        for (int i = 0; i < n; i++) {
            inside[i] = q.getAtIndex(JAVA_FLOAT, i) > 0.5f;
            any |= inside[i];
        }
        if (!any) {
            q.asSlice(0, 4L * n).fill((byte) 0);
            return;
        }
        connect();
        for (int i = 0; i < n; i++) {
            int root = label[i];
            if (inside[i] && area[root] < minCells) {
                clear(q, i);
            } else if (!inside[i] && !atBorder[root] && area[root] < fillCells) {
                q.setAtIndex(JAVA_FLOAT, i, 1);
            }
        }
    }

    /** Labels every region, of inside and of outside cells, with its root; sums areas and notes who touches the border. */
    private void connect() {
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int i = y * w + x;
                parent[i] = i;
                area[i] = 0;
                atBorder[i] = false;
                if (x > 0 && inside[i - 1] == inside[i]) {
                    union(i - 1, i);
                }
                if (y > 0 && inside[i - w] == inside[i]) {
                    union(i - w, i);
                }
            }
        }
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int i = y * w + x;
                int root = root(i);
                label[i] = root;
                area[root]++;
                atBorder[root] |= x == 0 || y == 0 || x == w - 1 || y == h - 1;
            }
        }
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
                if (i == cell || !inside[i]) {
                    q.setAtIndex(JAVA_FLOAT, i, 0);
                }
            }
        }
    }
}
