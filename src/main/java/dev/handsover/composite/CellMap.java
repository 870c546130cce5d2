package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where samples of a plane lie on cells of 4 × 4 luma pixels: colours (or anything) known on cells are read bilinearly. */
final class CellMap {
    /** Samples in a row of the plane. */
    final int samples;
    /** Cells that a sample is wide. */
    final double perSample;
    /** The left one of the two cells that a column reads, int32. */
    final MemorySegment at;
    /** How far a column lies from it towards the next, float32. */
    final MemorySegment frac;

    private final int width;
    private final int height;
    private final float[] row;

    /**
     * @param width cells
     * @param height rows of cells
     * @param samples in a row of the plane that is to be filled
     * @param shift chroma shift of that plane
     */
    CellMap(int width, int height, int samples, int shift, Arena arena) {
        this.width = width;
        this.height = height;
        this.samples = samples;
        this.perSample = (double) (1 << shift) / OldScene.CELL;
        this.at = arena.allocate(4L * samples, 64);
        this.frac = arena.allocate(4L * samples, 64);
        this.row = new float[samples];
        for (int x = 0; x < samples; x++) {
            double place = Math.clamp((x + 0.5) * perSample - 0.5, 0, width - 1);
            int cell = Math.max(0, Math.min((int) place, width - 2));
            at.setAtIndex(JAVA_INT, x, cell);
            frac.setAtIndex(JAVA_FLOAT, x, width == 1 ? 0 : (float) (place - cell));
        }
    }

    /** Values at the samples of one row; overwritten by the next call. */
    float[] row(Cells cells, int y) {
        double place = Math.clamp((y + 0.5) * perSample - 0.5, 0, height - 1);
        int top = Math.max(0, Math.min((int) place, height - 2));
        float down = height == 1 ? 0 : (float) (place - top);
        int upper = top * width;
        int lower = height == 1 ? upper : upper + width;
        int right = width == 1 ? 0 : 1;
        for (int x = 0; x < row.length; x++) {
            int c = at.getAtIndex(JAVA_INT, x);
            float f = frac.getAtIndex(JAVA_FLOAT, x);
            float u = cells.get(upper + c) + f * (cells.get(upper + c + right) - cells.get(upper + c));
            float l = cells.get(lower + c) + f * (cells.get(lower + c + right) - cells.get(lower + c));
            row[x] = u + down * (l - u);
        }
        return row;
    }
}
