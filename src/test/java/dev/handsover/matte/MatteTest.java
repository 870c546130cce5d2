package dev.handsover.matte;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatteTest {
    private static final int W = 80;
    private static final int H = 48;

    private static MatteSettings settings(float feather, float grow, float smooth, boolean invert, float area) {
        return new MatteSettings(0.5f, feather, grow, smooth, invert, 1, area, area);
    }

    /** A disc before a ground of another brightness; both with a little noise. */
    private static Mask disc(Arena arena, double cx, double cy, double radius, long seed, float noise) {
        MemorySegment probability = arena.allocate(4L * W * H, 64);
        MemorySegment luma = arena.allocate(4L * W * H, 64);
        Random random = new Random(seed);
        for (int y = 0; y < H; y++) {
            for (int x = 0; x < W; x++) {
                double r = Math.hypot(x - cx, y - cy);
                float inside = (float) Math.clamp((radius - r) * 0.8 + 0.5, 0, 1);
                long at = (long) y * W + x;
                probability.setAtIndex(
                        ValueLayout.JAVA_FLOAT, at, Math.clamp(inside + noise * (random.nextFloat() - 0.5f), 0, 1));
                luma.setAtIndex(ValueLayout.JAVA_FLOAT, at, 0.3f + 0.4f * inside + 0.01f * (random.nextFloat() - 0.5f));
            }
        }
        return new Mask(W, H, probability, luma, null);
    }

    /** Alpha of every cell at its own luma. */
    private static float[] alpha(Matte matte, Mask mask) {
        float[] alpha = new float[W * H];
        for (int i = 0; i < alpha.length; i++) {
            float a = matte.a().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float b = matte.b().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            alpha[i] = Math.clamp(a * mask.luma().getAtIndex(ValueLayout.JAVA_FLOAT, i) + b, 0, 1);
        }
        return alpha;
    }

    private static float[] refine(MatteSettings settings, Mask mask) {
        try (MatteRefiner refiner = new MatteRefiner(W, H, settings)) {
            return alpha(refiner.refine(mask), mask);
        }
    }

    private static double area(float[] alpha) {
        double sum = 0;
        for (float each : alpha) {
            sum += each;
        }
        return sum;
    }

    @Test
    void theFastKernelsGiveTheSameBits() {
        List<MatteSettings> all = List.of(
                MatteSettings.DEFAULT,
                settings(12, 0, 0.8f, false, 0.001f),
                settings(0, 9, 0, true, 0),
                settings(3, -14, 1, false, 0.01f));
        for (MatteSettings settings : all) {
            try (Arena arena = Arena.ofConfined();
                    MatteRefiner slow = new MatteRefiner(W, H, settings, new JavaMatteKernels());
                    MatteRefiner fast = new MatteRefiner(W, H, settings, MatteKernels.best())) {
                for (int i = 0; i < 5; i++) {
                    Mask mask = disc(arena, 30 + 2.5 * i, 22, 12, i, 0.3f);
                    Matte one = slow.refine(mask);
                    Matte two = fast.refine(mask);
                    assertArrayEquals(
                            one.a().toArray(ValueLayout.JAVA_INT), two.a().toArray(ValueLayout.JAVA_INT));
                    assertArrayEquals(
                            one.b().toArray(ValueLayout.JAVA_INT), two.b().toArray(ValueLayout.JAVA_INT));
                }
            }
        }
    }

    @Test
    void aDiscIsKeptWholeAndItsSurroundingsClear() {
        try (Arena arena = Arena.ofConfined()) {
            float[] alpha = refine(settings(0, 0, 0, false, 0), disc(arena, 40, 24, 12, 1, 0.2f));
            for (int y = 0; y < H; y++) {
                for (int x = 0; x < W; x++) {
                    double r = Math.hypot(x - 40, y - 24);
                    if (r < 8) {
                        assertTrue(alpha[y * W + x] > 0.98f, "hole at " + x + "," + y);
                    } else if (r > 17) {
                        assertEquals(0, alpha[y * W + x], 0.004f, "veil at " + x + "," + y);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0.05f, 0.2f, 0.8f, 0.95f})
    void whatIsSureIsWholeAtAnyThreshold(float threshold) {
        try (Arena arena = Arena.ofConfined()) {
            MatteSettings extreme = new MatteSettings(threshold, 0, 0, 0, false, 1, 0, 0);
            float[] alpha = refine(extreme, disc(arena, 40, 24, 12, 1, 0));
            assertTrue(alpha[24 * W + 40] > 0.98f, "hole of " + alpha[24 * W + 40]);
            assertEquals(0, alpha[2 * W + 2], 0.004f);
        }
    }

    @Test
    void growingMovesTheEdgeByAsManyPixels() {
        try (Arena arena = Arena.ofConfined()) {
            Mask mask = disc(arena, 40, 24, 12, 1, 0);
            double plain = Math.sqrt(area(refine(settings(0, 0, 0, false, 0), mask)) / Math.PI);
            for (int grow : new int[] {-45, 30, 45}) {
                double radius = Math.sqrt(area(refine(settings(0, grow, 0, false, 0), mask)) / Math.PI);
                assertEquals(grow * H / 720.0, radius - plain, 0.5, "grow " + grow);
            }
        }
    }

    @Test
    void featheringSoftensTheEdge() {
        try (Arena arena = Arena.ofConfined()) {
            Mask mask = disc(arena, 40, 24, 12, 1, 0);
            int hard = 0;
            int soft = 0;
            float[] plain = refine(settings(0, 0, 0, false, 0), mask);
            float[] feathered = refine(settings(45, 0, 0, false, 0), mask);
            for (int i = 0; i < plain.length; i++) {
                hard += plain[i] > 0.1f && plain[i] < 0.9f ? 1 : 0;
                soft += feathered[i] > 0.1f && feathered[i] < 0.9f ? 1 : 0;
            }
            assertTrue(soft > 2 * hard, hard + " then " + soft);
        }
    }

    @Test
    void invertingKeepsTheRest() {
        try (Arena arena = Arena.ofConfined()) {
            Mask mask = disc(arena, 40, 24, 12, 1, 0);
            float[] kept = refine(settings(0, 0, 0, false, 0), mask);
            float[] rest = refine(settings(0, 0, 0, true, 0), mask);
            for (int i = 0; i < kept.length; i++) {
                assertEquals(1, kept[i] + rest[i], 0.01f);
            }
        }
    }

    @Test
    void specksAreDroppedAndHolesFilled() {
        try (Arena arena = Arena.ofConfined()) {
            Mask mask = disc(arena, 40, 24, 12, 1, 0);
            for (int y = 0; y < 4; y++) {
                for (int x = 0; x < 4; x++) {
                    mask.probability().setAtIndex(ValueLayout.JAVA_FLOAT, (long) (4 + y) * W + 5 + x, 1);
                    mask.probability().setAtIndex(ValueLayout.JAVA_FLOAT, (long) (24 + y) * W + 40 + x, 0);
                }
            }
            float[] raw = refine(settings(0, 0, 0, false, 0), mask);
            float[] clean = refine(settings(0, 0, 0, false, 0.005f), mask);
            assertTrue(raw[6 * W + 7] > 0.1f);
            assertEquals(0, clean[6 * W + 7], 0.004f);
            assertTrue(raw[26 * W + 42] < 0.9f);
            assertEquals(1, clean[26 * W + 42], 0.01f);
        }
    }

    @Test
    void stillHandsDoNotBoil() {
        try (Arena arena = Arena.ofConfined();
                MatteRefiner loose = new MatteRefiner(W, H, settings(0, 0, 0, false, 0));
                MatteRefiner calm = new MatteRefiner(W, H, settings(0, 0, 0.6f, false, 0))) {
            double looseFlicker = 0;
            double calmFlicker = 0;
            float[] looseBefore = new float[0];
            float[] calmBefore = new float[0];
            for (int i = 0; i < 20; i++) {
                Mask mask = disc(arena, 40, 24, 12, i, 0.6f);
                float[] a = alpha(loose.refine(mask), mask);
                float[] b = alpha(calm.refine(mask), mask);
                if (i > 5) {
                    looseFlicker += difference(a, looseBefore);
                    calmFlicker += difference(b, calmBefore);
                }
                looseBefore = a;
                calmBefore = b;
            }
            assertTrue(calmFlicker < 0.6 * looseFlicker, looseFlicker + " then " + calmFlicker);
        }
    }

    @Test
    void movingHandsDoNotTrail() {
        try (Arena arena = Arena.ofConfined();
                MatteRefiner refiner = new MatteRefiner(W, H, settings(0, 0, 0.6f, false, 0))) {
            for (int i = 0; i < 12; i++) {
                Mask mask = disc(arena, 14 + 4 * i, 24, 9, i, 0.1f);
                float[] alpha = alpha(refiner.refine(mask), mask);
                float[] alone = refine(settings(0, 0, 0, false, 0), mask);
                assertTrue(
                        difference(alpha, alone) < 0.01 * area(alone),
                        "frame " + i + " trails by " + difference(alpha, alone) / area(alone));
            }
        }
    }

    private static double difference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum;
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        Failure failure = assertThrows(Failure.class, () -> settings(99, 0, 0, false, 0));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.sentence().contains("--feather"));
    }
}
