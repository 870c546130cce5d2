package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.handsover.frame.Matte;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The matte's coefficients laid out for the kernels: two 16-bit numbers a cell (native/alpha.c), every row with its last cell
 * twice, so that interpolation needs no border case; and for each column and row of pixels its cell and how far beyond it lies.
 */
final class Grid {
    /** Bytes that a kernel may read after the last row. */
    private static final long BEYOND = 64;
    /** Columns that a kernel takes at once; places are there for whole ones. */
    private static final int BLOCK = 32;
    /** Columns that are picked from eight neighbouring cells. */
    private static final int PICKED = 8;

    final int w;
    final int h;
    final int cellsX;
    final int cellsY;
    /** Eighths of a code of alpha that belong to 256 codes of luma: int16, rows of {@code cellsX + 1}. */
    final MemorySegment slope;
    /** Alpha at luma 128, in eighths of a code and with what rounding needs: int16, rows of {@code cellsX + 1}. */
    final MemorySegment mid;
    /** Cell of each column: int32, {@code w} of them and as many more as fill a block. */
    final MemorySegment at;
    /** How far from that cell to the next, of 32768: int16, as many. */
    final MemorySegment frac;
    /** Which bytes of eight cells hold each column's, then its next; 32 for eight columns; NULL where they reach further. */
    final MemorySegment picks;
    /** Upper cell of each row of pixels: int32. */
    final MemorySegment down;
    /** How far from it to the lower, of 32768: int16. */
    final MemorySegment part;

    /** For pictures of {@code w × h} pixels and mattes of {@code cellsX × cellsY} cells. */
    Grid(int w, int h, int cellsX, int cellsY, Arena arena) {
        this.w = w;
        this.h = h;
        this.cellsX = cellsX;
        this.cellsY = cellsY;
        this.slope = arena.allocate(2L * (cellsX + 1) * cellsY + BEYOND, 64);
        this.mid = arena.allocate(2L * (cellsX + 1) * cellsY + BEYOND, 64);
        int columns = (w + BLOCK - 1) / BLOCK * BLOCK;
        this.at = arena.allocate(4L * columns, 64);
        this.frac = arena.allocate(2L * columns, 64);
        places(columns, w, cellsX, cellsX - 1, at, frac);
        this.down = arena.allocate(4L * h, 64);
        this.part = arena.allocate(2L * h, 64);
        places(h, h, cellsY, Math.max(0, cellsY - 2), down, part);
        this.picks = picks(columns, arena);
    }

    /** Cells and fractions of {@code count} pixels, of which those beyond {@code pixels} repeat the last. */
    private static void places(int count, int pixels, int cells, int last, MemorySegment cell, MemorySegment fraction) {
        for (int i = 0; i < count; i++) {
            double place = Math.clamp((Math.min(i, pixels - 1) + 0.5) * cells / pixels - 0.5, 0, cells - 1);
            int whole = Math.min((int) place, last);
            cell.setAtIndex(JAVA_INT, i, whole);
            fraction.setAtIndex(JAVA_SHORT, i, (short) Math.min(32767, (int) ((place - whole) * 32768)));
        }
    }

    private MemorySegment picks(int columns, Arena arena) {
        MemorySegment bytes = arena.allocate(4L * columns, 64);
        for (int x = 0; x < columns; x++) {
            int cell = at.getAtIndex(JAVA_INT, x) - at.getAtIndex(JAVA_INT, x - x % PICKED);
            if (cell + 1 >= PICKED) {
                return MemorySegment.NULL;
            }
            for (int next = 0; next < 2; next++) {
                long to = 32L * (x / PICKED) + 16L * next + 2L * (x % PICKED);
                bytes.set(JAVA_BYTE, to, (byte) (2 * (cell + next)));
                bytes.set(JAVA_BYTE, to + 1, (byte) (2 * (cell + next) + 1));
            }
        }
        return bytes;
    }

    /** Takes a matte in; must come before the kernels of its frame. */
    void load(Matte matte, BlendKernels kernels) {
        if (matte.width() != cellsX || matte.height() != cellsY) {
            throw new IllegalArgumentException("matte of " + matte.width() + "×" + matte.height());
        }
        kernels.cells(matte.a(), matte.b(), scale(matte), this);
    }

    /** The code of alpha 1. */
    static float scale(Matte matte) {
        return 255 * matte.opacity();
    }
}
