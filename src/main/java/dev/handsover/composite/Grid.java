package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.frame.Matte;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The matte's coefficients laid out for the kernels: every row has its last cell twice, so that interpolation needs no
 * border case, and each pixel column knows its cell and fraction.
 */
final class Grid {
    /** Bytes that a kernel may read after the last row. */
    private static final long BEYOND = 32;

    final int w;
    final int h;
    final int cellsX;
    final int cellsY;
    final MemorySegment a;
    final MemorySegment b;
    final MemorySegment at;
    final MemorySegment frac;

    /** For pictures of {@code w × h} pixels and mattes of {@code cellsX × cellsY} cells. */
    Grid(int w, int h, int cellsX, int cellsY, Arena arena) {
        this.w = w;
        this.h = h;
        this.cellsX = cellsX;
        this.cellsY = cellsY;
        this.a = arena.allocate(4L * (cellsX + 1) * cellsY + BEYOND, 64);
        this.b = arena.allocate(4L * (cellsX + 1) * cellsY + BEYOND, 64);
        this.at = arena.allocate(4L * w, 64);
        this.frac = arena.allocate(4L * w, 64);
        for (int x = 0; x < w; x++) {
            double place = Math.clamp((x + 0.5) * cellsX / w - 0.5, 0, cellsX - 1);
            at.setAtIndex(JAVA_INT, x, (int) place);
            frac.setAtIndex(JAVA_FLOAT, x, (float) (place - (int) place));
        }
    }

    /** Takes a matte in; must come before the kernels of its frame. */
    void load(Matte matte) {
        if (matte.width() != cellsX || matte.height() != cellsY) {
            throw new IllegalArgumentException("matte of " + matte.width() + "×" + matte.height());
        }
        copy(matte.a(), a);
        copy(matte.b(), b);
    }

    private void copy(MemorySegment from, MemorySegment to) {
        for (int y = 0; y < cellsY; y++) {
            MemorySegment.copy(from, 4L * y * cellsX, to, 4L * y * (cellsX + 1), 4L * cellsX);
            to.setAtIndex(
                    JAVA_FLOAT,
                    (long) y * (cellsX + 1) + cellsX,
                    from.getAtIndex(JAVA_FLOAT, (long) (y + 1) * cellsX - 1));
        }
    }
}
