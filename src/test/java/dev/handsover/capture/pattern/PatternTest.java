package dev.handsover.capture.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The patterns are what the tests and the demo measure by: deterministic, and true. */
class PatternTest {
    private static PatternSource open(String text) {
        return PatternSource.open((SourceSpec.Pattern) SourceSpec.parse("pattern:" + text), SourceSpec.Options.ALL);
    }

    private static long digest(Frame frame) {
        long hash = 17;
        for (int plane = 0; plane < 3; plane++) {
            for (int y = 0; y < frame.format().planeHeight(plane); y++) {
                for (int x = 0; x < frame.format().planeWidth(plane); x++) {
                    hash = hash * 31
                            + frame.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x);
                }
            }
        }
        return hash;
    }

    @Test
    void aFrameIsTheSameInWhateverOrderItIsAskedFor() throws InterruptedException {
        try (PatternSource source = open("hands?size=160x90&frames=8");
                FramePool pool = new FramePool(source.format().picture(), 1)) {
            long[] read = new long[8];
            for (int i = 0; i < 8; i++) {
                Frame frame = Objects.requireNonNull(source.read());
                read[i] = digest(frame);
                frame.recycle();
            }
            Frame again = pool.take();
            for (int i : new int[] {5, 0, 7, 3}) {
                source.frame(i, again);
                assertEquals(read[i], digest(again));
            }
            assertNotEquals(read[0], read[7]);
            again.recycle();
        }
    }

    @Test
    void theTruthCoversSkinAndNothingElse() throws InterruptedException {
        try (PatternSource source = open("hands?size=320x180&frames=60");
                FramePool pool = new FramePool(source.format().picture(), 2)) {
            Frame frame = pool.take();
            Frame truth = pool.take();
            for (int i = 0; i < 60; i += 20) {
                source.frame(i, frame);
                source.truth(i, truth);
                int inside = 0;
                int warm = 0;
                for (int y = 0; y < 180; y += 2) {
                    for (int x = 0; x < 320; x += 2) {
                        int covered = truth.plane(0).get(ValueLayout.JAVA_BYTE, (long) y * truth.stride(0) + x) & 255;
                        if (covered == 255) {
                            inside++;
                            int cr = frame.plane(2).get(ValueLayout.JAVA_BYTE, (long) (y / 2) * frame.stride(2) + x / 2)
                                    & 255;
                            warm += cr > 133 ? 1 : 0;
                        }
                    }
                }
                double share = inside * 4.0 / (320 * 180);
                assertTrue(share > 0.05 && share < 0.4, "hands cover " + share);
                assertTrue(warm > 0.97 * inside, "only " + warm + " of " + inside + " are skin");
            }
        }
    }

    @Test
    void theClocksNumberCanBeReadBack() throws InterruptedException {
        try (PatternSource source = open("clock?size=320x180&frames=50")) {
            for (int i = 0; i < 50; i++) {
                Frame frame = Objects.requireNonNull(source.read());
                assertEquals(i, Clock.read(frame));
                frame.recycle();
            }
        }
    }

    @Test
    void barsHaveTheirColours() throws InterruptedException {
        try (PatternSource source = open("bars?size=320x180&frames=1")) {
            Frame frame = Objects.requireNonNull(source.read());
            double[] red = frame.format().color().toYuv(0.75, 0, 0);
            for (int plane = 0; plane < 3; plane++) {
                int x = frame.format().planeWidth(plane) * 11 / 16;
                assertEquals(red[plane], frame.plane(plane).get(ValueLayout.JAVA_BYTE, x) & 255, 0.6);
            }
            frame.recycle();
        }
    }
}
