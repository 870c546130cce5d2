package dev.handsover.capture.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
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
    void theClocksNumberAndMomentCanBeReadBack() throws InterruptedException {
        TimeCode code = new TimeCode();
        try (PatternSource source = open("clock?size=320x180&frames=50")) {
            for (int i = 0; i < 50; i++) {
                Frame frame = Objects.requireNonNull(source.read());
                assertEquals(new TimeCode.Reading(i, false, i * 1_000_000L / 30), code.read(frame));
                frame.recycle();
            }
        }
    }

    @Test
    void aLiveClocksMomentIsTheMachines() throws InterruptedException {
        try (PatternSource source = open("clock?size=320x180&live=1")) {
            Frame frame = Objects.requireNonNull(source.read());
            TimeCode.Reading reading = Objects.requireNonNull(new TimeCode().read(frame));
            assertTrue(reading.wall());
            long own = Clock.wallMicros(frame.capturedNanos());
            assertTrue(Math.abs(reading.ageMicros(own)) < 1_000_000, () -> "µs apart: " + reading.ageMicros(own));
            frame.recycle();
        }
    }

    /** A small picture somewhere in a larger one, its sides scaled differently, as a camera or a window would show it. */
    @Test
    void theCodeIsFoundWhereverItStands() throws InterruptedException {
        PictureFormat large = PictureFormat.i420(800, 600, ColorSpec.assumedFor(600));
        try (PatternSource source = open("clock?size=640x360&frames=30");
                FramePool pool = new FramePool(large, 1)) {
            Frame wall = pool.take();
            int found = 0;
            for (int i = 0; i < 30; i++) {
                Frame frame = Objects.requireNonNull(source.read());
                wall.fill(60, 128, 128, 255);
                int width = 560 + 5 * i;
                int height = 330 + 4 * i;
                int left = 3 * i;
                int top = 20 + 2 * i;
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width && left + x < 800; x++) {
                        long from = (long) (y * 360 / height) * frame.stride(0) + x * 640 / width;
                        long to = (long) (top + y) * wall.stride(0) + left + x;
                        wall.plane(0)
                                .set(ValueLayout.JAVA_BYTE, to, frame.plane(0).get(ValueLayout.JAVA_BYTE, from));
                    }
                }
                TimeCode.Reading reading = new TimeCode().read(wall);
                assertTrue(reading == null || reading.number() == i, "read " + reading + " for " + i);
                found += reading == null ? 0 : 1;
                frame.recycle();
            }
            assertEquals(30, found);
            wall.fill(60, 128, 128, 255);
            assertNull(new TimeCode().read(wall));
            wall.recycle();
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
