package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast blend against its Java twin: every width's last columns, sure runs of every length, in place and beside. */
class BlendKernelsTest {
    private static final int ROWS = 3;
    private static final int STRIDE = 320;
    private static final int SIZE = ROWS * STRIDE;
    private final BlendKernels fast = BlendKernels.best();
    private final BlendKernels slow = new JavaBlendKernels();
    private final Random random = new Random(5);

    private void fill(MemorySegment plane, boolean alpha) {
        int run = 0;
        int code = 0;
        for (int i = 0; i < SIZE; i++) {
            if (run-- == 0) {
                run = random.nextInt(alpha ? 90 : 1);
                code = random.nextInt(3);
            }
            int value = alpha && code < 2 ? 255 * code : random.nextInt(256);
            plane.set(ValueLayout.JAVA_BYTE, i, (byte) value);
        }
    }

    @Test
    void everyWidthGivesTheTwinsBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment above = arena.allocate(SIZE, 64);
            MemorySegment alpha = arena.allocate(SIZE, 64);
            MemorySegment below = arena.allocate(SIZE, 64);
            for (int w = 1; w < 300; w++) {
                fill(above, false);
                fill(alpha, true);
                fill(below, false);
                MemorySegment wanted = arena.allocate(SIZE, 64);
                MemorySegment beside = arena.allocate(SIZE, 64);
                blend(slow, above, alpha, below, wanted, w);
                blend(fast, above, alpha, below, beside, w);
                byte[] bytes = wanted.toArray(ValueLayout.JAVA_BYTE);
                assertArrayEquals(bytes, beside.toArray(ValueLayout.JAVA_BYTE), "width " + w);
                MemorySegment twin = arena.allocate(SIZE, 64).copyFrom(below);
                MemorySegment place = arena.allocate(SIZE, 64).copyFrom(below);
                blend(slow, above, alpha, twin, twin, w);
                blend(fast, above, alpha, place, place, w);
                assertArrayEquals(
                        twin.toArray(ValueLayout.JAVA_BYTE),
                        place.toArray(ValueLayout.JAVA_BYTE),
                        "in place, width " + w);
            }
        }
    }

    @Test
    void everyPairOfCodesAndEveryAlpha() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment planes = arena.allocate(5L * SIZE, 64);
            MemorySegment[] p = new MemorySegment[5];
            for (int k = 0; k < 5; k++) {
                p[k] = planes.asSlice((long) k * SIZE, SIZE);
            }
            for (int f = 0; f < 256; f += 5) {
                for (int g = 0; g < 256; g++) {
                    p[0].fill((byte) f);
                    p[2].fill((byte) g);
                    for (int m = 0; m < 256; m++) {
                        p[1].set(ValueLayout.JAVA_BYTE, m, (byte) m);
                    }
                    blend(slow, p[0], p[1], p[2], p[3], 256);
                    blend(fast, p[0], p[1], p[2], p[4], 256);
                    assertArrayEquals(p[3].toArray(ValueLayout.JAVA_BYTE), p[4].toArray(ValueLayout.JAVA_BYTE));
                }
            }
        }
    }

    private static void blend(
            BlendKernels kernels,
            MemorySegment above,
            MemorySegment alpha,
            MemorySegment below,
            MemorySegment out,
            int w) {
        kernels.blend(
                above.address(),
                STRIDE,
                alpha.address(),
                STRIDE,
                below.address(),
                STRIDE,
                out.address(),
                STRIDE,
                w,
                ROWS);
    }
}
