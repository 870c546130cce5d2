package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.Matte;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alpha from coefficients: the fast kernel gives its twin's bytes, and both the formula's to a code. */
class AlphaKernelsTest {
    /** The steepest slope that the guided filter gives, with its contrast: 1.2 / (4 · sqrt(4e-4)). */
    private static final float STEEPEST = 15;

    private final BlendKernels fast = BlendKernels.best();
    private final BlendKernels slow = new JavaBlendKernels();
    private final Random random = new Random(11);

    /** Sure runs of every length, and between them cells that cross one half somewhere among the lumas. */
    private Matte matte(int w, int h, float opacity, Arena arena) {
        MemorySegment a = arena.allocate(4L * w * h, 64);
        MemorySegment b = arena.allocate(4L * w * h, 64);
        // neighbours differ by less than 16, as they do after the guided filter's boxes
        float steepest = random.nextBoolean() ? STEEPEST : -STEEPEST;
        int run = 0;
        int kind = 0;
        for (int i = 0; i < w * h; i++) {
            if (run-- == 0) {
                run = random.nextInt(3 * w / 2 + 2);
                kind = random.nextInt(3);
            }
            float slope = kind < 2 ? 0 : steepest * random.nextFloat();
            a.setAtIndex(ValueLayout.JAVA_FLOAT, i, slope);
            b.setAtIndex(
                    ValueLayout.JAVA_FLOAT,
                    i,
                    kind < 2 ? kind : random.nextFloat() - slope * random.nextFloat(0.1f, 0.9f));
        }
        return new Matte(w, h, a, b, opacity);
    }

    @ParameterizedTest
    @CsvSource({
        "1280, 72, 320, 20, 1", "1279, 71, 320, 20, 0.37", "333, 97, 64, 32, 1", "31, 9, 8, 8, 0.5", "32, 32, 1, 1, 1",
        "5, 3, 2, 1, 1", "64, 64, 64, 64, 0.9", "40, 24, 64, 64, 1", "640, 400, 96, 17, 0", "1000, 40, 900, 30, 1"
    })
    void theTwinsBytesAndTheFormulasToACode(int w, int h, int cellsX, int cellsY, float opacity) {
        try (Arena arena = Arena.ofConfined()) {
            Grid grid = new Grid(w, h, cellsX, cellsY, arena);
            Grid other = new Grid(w, h, cellsX, cellsY, arena);
            int stride = w + 7;
            byte[] codes = new byte[stride * h];
            random.nextBytes(codes);
            MemorySegment luma = arena.allocate(codes.length, 64).copyFrom(MemorySegment.ofArray(codes));
            Matte matte = matte(cellsX, cellsY, opacity, arena);
            byte[] wanted = draw(slow, luma, stride, grid, matte, h, arena);
            assertArrayEquals(wanted, draw(fast, luma, stride, other, matte, h, arena));
            assertArrayEquals(wanted, draw(fast, luma, stride, other, matte, 5, arena), "in bands");
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    double formula = formula(matte, w, h, x, y, codes[y * stride + x] & 0xFF);
                    int apart = Math.abs((int) Math.floor(formula + 0.5) - (wanted[y * stride + x] & 0xFF));
                    assertTrue(apart <= 1, "at " + x + ", " + y + ": " + apart);
                }
            }
        }
    }

    @Test
    void sureCellsGiveExactlyTheirCode() {
        try (Arena arena = Arena.ofConfined()) {
            for (int percent = 0; percent <= 100; percent++) {
                MemorySegment a = arena.allocate(4L * 16, 64);
                MemorySegment b = arena.allocate(4L * 16, 64);
                for (int i = 8; i < 16; i++) {
                    b.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
                }
                Matte matte = new Matte(8, 2, a, b, percent / 100f);
                Grid grid = new Grid(64, 16, 8, 2, arena);
                MemorySegment luma = arena.allocate(64L * 16, 64).fill((byte) percent);
                byte[] drawn = draw(fast, luma, 64, grid, matte, 16, arena);
                assertEquals(0, drawn[0]);
                assertEquals((int) (Grid.scale(matte) + 0.5f), drawn[64 * 16 - 1] & 0xFF, percent + " %");
            }
        }
    }

    private static byte[] draw(
            BlendKernels kernels, MemorySegment luma, int stride, Grid grid, Matte matte, int band, Arena arena) {
        MemorySegment alpha = arena.allocate((long) stride * grid.h, 64);
        grid.load(matte, kernels);
        for (int y = 0; y < grid.h; y += band) {
            int rows = Math.min(band, grid.h - y);
            kernels.alpha(luma.address(), stride, grid, y, rows, Grid.scale(matte), alpha.address(), stride);
        }
        return alpha.toArray(ValueLayout.JAVA_BYTE);
    }

    /** docs/compositing.md, section 1, in doubles and before rounding. */
    private static double formula(Matte matte, int w, int h, int x, int y, int code) {
        double a = sample(matte, matte.a(), w, h, x, y);
        double b = sample(matte, matte.b(), w, h, x, y);
        return 255 * matte.opacity() * Math.clamp(a * code / 255 + b, 0, 1);
    }

    private static double sample(Matte matte, MemorySegment plane, int w, int h, int x, int y) {
        double u = Math.clamp((x + 0.5) * matte.width() / w - 0.5, 0, matte.width() - 1);
        double v = Math.clamp((y + 0.5) * matte.height() / h - 0.5, 0, matte.height() - 1);
        int left = (int) u;
        int top = (int) v;
        double upper = row(matte, plane, left, top, u - left);
        double lower = row(matte, plane, left, Math.min(top + 1, matte.height() - 1), u - left);
        return upper + (v - top) * (lower - upper);
    }

    private static double row(Matte matte, MemorySegment plane, int left, int y, double part) {
        float here = plane.getAtIndex(ValueLayout.JAVA_FLOAT, (long) y * matte.width() + left);
        int right = Math.min(left + 1, matte.width() - 1);
        return here + part * (plane.getAtIndex(ValueLayout.JAVA_FLOAT, (long) y * matte.width() + right) - here);
    }
}
