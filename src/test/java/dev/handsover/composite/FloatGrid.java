package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.frame.Matte;
import dev.handsover.frame.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Coefficients as floats and the kernel that took them ({@code native/losers.c}): what {@link Grid} took the place of. */
final class FloatGrid {
    private static final MethodHandle ALPHA = NativeKernels.find(
                    "ho_alpha_floats",
                    FunctionDescriptor.ofVoid(
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            JAVA_INT,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            JAVA_FLOAT,
                            JAVA_LONG,
                            JAVA_INT))
            .orElseThrow();

    private final int w;
    private final int h;
    private final int cellsX;
    private final int cellsY;
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment at;
    private final MemorySegment frac;

    FloatGrid(int w, int h, int cellsX, int cellsY, Arena arena) {
        this.w = w;
        this.h = h;
        this.cellsX = cellsX;
        this.cellsY = cellsY;
        this.a = arena.allocate(4L * (cellsX + 1) * cellsY + 32, 64);
        this.b = arena.allocate(4L * (cellsX + 1) * cellsY + 32, 64);
        this.at = arena.allocate(4L * w, 64);
        this.frac = arena.allocate(4L * w, 64);
        for (int x = 0; x < w; x++) {
            double place = Math.clamp((x + 0.5) * cellsX / w - 0.5, 0, cellsX - 1);
            at.setAtIndex(JAVA_INT, x, (int) place);
            frac.setAtIndex(JAVA_FLOAT, x, (float) (place - (int) place));
        }
    }

    void load(Matte matte) {
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

    /** alpha8 of the whole picture, of opacity 1. */
    void alpha(long luma, int stride, long alpha, int alphaStride) {
        try {
            ALPHA.invokeExact(luma, stride, w, h, 0, h, a, b, cellsX, cellsY, at, frac, 255f, alpha, alphaStride);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
