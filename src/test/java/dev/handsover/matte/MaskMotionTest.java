package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.Mask;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A textured disc moves over a textured ground: its mask must follow. */
class MaskMotionTest {
    private static final int W = 160;
    private static final int H = 96;
    private static final int RADIUS = 22;

    private final Arena arena = Arena.ofAuto();
    private final float[] ground = texture(1);
    private final float[] disc = texture(2);

    private static float[] texture(long seed) {
        Random random = new Random(seed);
        float[] cells = new float[W * H];
        for (int y = 0; y < H; y += 4) {
            for (int x = 0; x < W; x += 4) {
                float v = random.nextFloat();
                for (int i = 0; i < 16; i++) {
                    cells[(y + i / 4) * W + x + i % 4] = v;
                }
            }
        }
        return cells;
    }

    private Mask scene(int x0, int y0) {
        Mask mask = new Mask(W, H, arena.allocate(4L * W * H), arena.allocate(4L * W * H), null);
        for (int y = 0; y < H; y++) {
            for (int x = 0; x < W; x++) {
                boolean in = Math.hypot(x - x0, y - y0) < RADIUS;
                int tx = Math.floorMod(x - x0, W);
                int ty = Math.floorMod(y - y0, H);
                mask.probability().setAtIndex(JAVA_FLOAT, (long) y * W + x, in ? 1 : 0);
                mask.luma()
                        .setAtIndex(
                                JAVA_FLOAT,
                                (long) y * W + x,
                                in ? 0.4f + 0.6f * disc[ty * W + tx] : 0.4f * ground[y * W + x]);
            }
        }
        return mask;
    }

    private static double iou(Mask a, Mask b) {
        int both = 0;
        int either = 0;
        for (long i = 0; i < (long) W * H; i++) {
            boolean p = a.probability().getAtIndex(JAVA_FLOAT, i) > 0.5f;
            boolean q = b.probability().getAtIndex(JAVA_FLOAT, i) > 0.5f;
            both += p && q ? 1 : 0;
            either += p || q ? 1 : 0;
        }
        return (double) both / either;
    }

    @ParameterizedTest
    @CsvSource({"0,0", "3,0", "-6,4", "9,-5", "12,7"})
    void theMaskFollows(int dx, int dy) {
        Mask before = scene(70, 48);
        Mask after = scene(70 + dx, 48 + dy);
        Mask carried = scene(70 + dx, 48 + dy);
        MaskMotion motion = new MaskMotion(W, H);
        motion.remember(before);
        motion.carry(carried);
        double followed = iou(carried, after);
        double stayed = iou(before, after);
        assertTrue(followed > 0.9 && followed >= stayed, "IoU " + followed + ", without following " + stayed);
    }
}
