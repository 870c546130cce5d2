package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.handsover.frame.Mask;
import java.lang.foreign.MemorySegment;

/**
 * Carries a mask over to the next frame where the network is left out: what the mask covers in blocks around its edge is looked
 * for in the new frame's luma by full search, and the probabilities move along, the motion interpolated between blocks. For one
 * step, not for many: what appears anew is not found. Twins on the graphics device: {@code shaders/carry_*.cell}. One thread uses it.
 */
public final class MaskMotion {
    /** Cells of a block's side. */
    private static final int BLOCK = 16;
    /** Cells that a hand may move from frame to frame, each way; even. */
    private static final int REACH = 12;
    /** Mean difference of luma, 0..1 a cell, that a shift must save to be believed. */
    private static final float GAIN = 0.004f;
    /** Covered cells, of those sampled, that a shift must be judged by. */
    private static final float ENOUGH = 6;

    private final int w;
    private final int h;
    private final int blocksX;
    private final int blocksY;
    private final float[] luma;
    private final float[] probability;
    private final float[] now;
    private final float[] dx;
    private final float[] dy;
    private final boolean[] moved;
    private boolean known;

    /**
     * @param width cells of every mask
     * @param height rows of cells of every mask
     */
    public MaskMotion(int width, int height) {
        this.w = width;
        this.h = height;
        this.blocksX = (w + BLOCK - 1) / BLOCK;
        this.blocksY = (h + BLOCK - 1) / BLOCK;
        this.luma = new float[w * h];
        this.probability = new float[w * h];
        this.now = new float[w * h];
        this.dx = new float[blocksX * blocksY];
        this.dy = new float[blocksX * blocksY];
        this.moved = new boolean[blocksX * blocksY];
    }

    /** Keeps a copy of this mask as the one to start from. */
    public void remember(Mask mask) {
        read(mask.luma(), luma);
        read(mask.probability(), probability);
        known = true;
    }

    private static void read(MemorySegment plane, float[] into) {
        MemorySegment.copy(plane, JAVA_FLOAT, 0, into, 0, into.length);
    }

    /** True when there is a mask to start from. */
    public boolean known() {
        return known;
    }

    /** Fills the probabilities of a mask of which only the luma is new. */
    public void carry(Mask mask) {
        read(mask.luma(), now);
        for (int by = 0; by < blocksY; by++) {
            for (int bx = 0; bx < blocksX; bx++) {
                search(bx, by);
            }
        }
        spread();
        MemorySegment out = mask.probability();
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                float fx = between(dx, x, y);
                float fy = between(dy, x, y);
                out.setAtIndex(JAVA_FLOAT, (long) y * w + x, sample(x - fx, y - fy));
            }
        }
    }

    /** Where the covered part of the block came from; no motion where the mask has no edge nearby. */
    private void search(int bx, int by) {
        int at = by * blocksX + bx;
        dx[at] = 0;
        dy[at] = 0;
        int x0 = bx * BLOCK;
        int y0 = by * BLOCK;
        moved[at] = edge(x0, y0);
        if (!moved[at]) {
            return;
        }
        float still = difference(x0, y0, 0, 0);
        if (still == Float.MAX_VALUE) {
            // the mask only touches the block: its neighbours know better
            moved[at] = false;
            return;
        }
        float least = still;
        int bestX = 0;
        int bestY = 0;
        for (int y = -REACH; y <= REACH; y += 2) {
            for (int x = -REACH; x <= REACH; x += 2) {
                float d = difference(x0, y0, x, y);
                if (d < least) {
                    least = d;
                    bestX = x;
                    bestY = y;
                }
            }
        }
        int coarseX = bestX;
        int coarseY = bestY;
        for (int y = coarseY - 1; y <= coarseY + 1; y++) {
            for (int x = coarseX - 1; x <= coarseX + 1; x++) {
                float d = difference(x0, y0, x, y);
                if (d < least) {
                    least = d;
                    bestX = x;
                    bestY = y;
                }
            }
        }
        if (still - least > GAIN) {
            dx[at] = bestX;
            dy[at] = bestY;
        }
    }

    /** Blocks without an edge go with their neighbours, so that what is interpolated between them is not held back. */
    private void spread() {
        for (int by = 0; by < blocksY; by++) {
            for (int bx = 0; bx < blocksX; bx++) {
                if (!moved[by * blocksX + bx]) {
                    follow(bx, by);
                }
            }
        }
    }

    private void follow(int bx, int by) {
        float sumX = 0;
        float sumY = 0;
        int n = 0;
        for (int y = Math.max(0, by - 1); y <= Math.min(blocksY - 1, by + 1); y++) {
            for (int x = Math.max(0, bx - 1); x <= Math.min(blocksX - 1, bx + 1); x++) {
                int at = y * blocksX + x;
                if (moved[at]) {
                    sumX += dx[at];
                    sumY += dy[at];
                    n++;
                }
            }
        }
        if (n > 0) {
            dx[by * blocksX + bx] = sumX / n;
            dy[by * blocksX + bx] = sumY / n;
        }
    }

    /** Whether the old mask is anything but even within reach of the block. */
    private boolean edge(int x0, int y0) {
        float least = 1;
        float most = 0;
        for (int y = Math.max(0, y0 - REACH); y < Math.min(h, y0 + BLOCK + REACH); y += 2) {
            for (int x = Math.max(0, x0 - REACH); x < Math.min(w, x0 + BLOCK + REACH); x += 2) {
                float p = probability[y * w + x];
                least = Math.min(least, p);
                most = Math.max(most, p);
            }
        }
        return most > 0.1f && least < 0.9f;
    }

    /**
     * Mean difference between the new block with a rim, and the old luma (x, y) before it, over what the old mask covers there;
     * the largest number where it covers next to nothing.
     */
    private float difference(int x0, int y0, int x, int y) {
        float sum = 0;
        float weight = 0;
        int rim = BLOCK / 4;
        for (int j = Math.max(0, y0 - rim); j < Math.min(h, y0 + BLOCK + rim); j += 2) {
            int oldY = Math.min(h - 1, Math.max(0, j - y));
            for (int i = Math.max(0, x0 - rim); i < Math.min(w, x0 + BLOCK + rim); i += 2) {
                int old = oldY * w + Math.min(w - 1, Math.max(0, i - x));
                float covered = probability[old];
                sum += covered * Math.abs(now[j * w + i] - luma[old]);
                weight += covered;
            }
        }
        return weight < ENOUGH ? Float.MAX_VALUE : sum / weight;
    }

    /** The blocks' values interpolated at a cell. */
    private float between(float[] field, int x, int y) {
        float px = Math.clamp((x + 0.5f) / BLOCK - 0.5f, 0, blocksX - 1);
        float py = Math.clamp((y + 0.5f) / BLOCK - 0.5f, 0, blocksY - 1);
        int left = (int) px;
        int top = (int) py;
        int right = Math.min(left + 1, blocksX - 1);
        int low = Math.min(top + 1, blocksY - 1);
        float tx = px - left;
        float ty = py - top;
        float upper = field[top * blocksX + left] * (1 - tx) + field[top * blocksX + right] * tx;
        float lower = field[low * blocksX + left] * (1 - tx) + field[low * blocksX + right] * tx;
        return upper * (1 - ty) + lower * ty;
    }

    private float sample(float x, float y) {
        float px = Math.clamp(x, 0, w - 1);
        float py = Math.clamp(y, 0, h - 1);
        int left = (int) px;
        int top = (int) py;
        int right = Math.min(left + 1, w - 1);
        int low = Math.min(top + 1, h - 1);
        float tx = px - left;
        float ty = py - top;
        float upper = probability[top * w + left] * (1 - tx) + probability[top * w + right] * tx;
        float lower = probability[low * w + left] * (1 - tx) + probability[low * w + right] * tx;
        return upper * (1 - ty) + lower * ty;
    }
}
