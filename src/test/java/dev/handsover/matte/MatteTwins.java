package dev.handsover.matte;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The plain Java matte, step by step, for tests of other ways in other packages. */
public final class MatteTwins {
    private MatteTwins() {}

    /** Without specks and holes. */
    public static float[] clean(float[] mask, int w, int h, int minCells, int fillCells) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment q = arena.allocate(4L * w * h, 64);
            MemorySegment.copy(mask, 0, q, ValueLayout.JAVA_FLOAT, 0, mask.length);
            new Regions(new JavaMatteKernels(), w, h, arena).clean(q, minCells, fillCells);
            return q.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** A refiner on the plain Java kernels. */
    public static MatteRefiner refiner(int w, int h, MatteSettings settings) {
        return new MatteRefiner(w, h, settings, new JavaMatteKernels());
    }
}
