package dev.handsover.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Frame;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What measurements are made with: the pattern's own frames, for many at once, without painting them again. */
class PaintedHandsTest {
    private static final String SIZE = "64x48";

    @Test
    void everyStreamShowsThePatternsFramesAgainAndAgainWithoutACopy() throws Exception {
        try (PaintedHands hands = new PaintedHands(SIZE, 50);
                Source pattern = SourceSpec.parse("pattern:hands?fps=50&frames=12&size=" + SIZE)
                        .open(SourceSpec.Options.ALL);
                Source one = hands.stream(30, false).open(SourceSpec.Options.ALL);
                Source other = hands.stream(30, false).open(SourceSpec.Options.ALL)) {
            byte[][] wanted = new byte[12][];
            for (int i = 0; i < 12; i++) {
                Frame frame = Objects.requireNonNull(pattern.read());
                wanted[i] = luma(frame);
                frame.recycle();
            }
            long copies = Frame.copies();
            for (int i = 0; i < 30; i++) {
                Frame a = Objects.requireNonNull(one.read());
                Frame b = Objects.requireNonNull(other.read());
                assertEquals(a.address(Frame.Y), b.address(Frame.Y));
                assertArrayEquals(wanted[i % 12], luma(a), "frame " + i);
                assertEquals(20_000_000L * i, a.timeNanos());
                assertEquals(i, a.sequence());
                a.recycle();
                b.recycle();
            }
            assertNull(one.read());
            assertEquals(copies, Frame.copies());
            assertEquals(30, one.format().frames());
        }
    }

    @Test
    void aPacedStreamGivesNoFrameBeforeItsTime() throws Exception {
        try (PaintedHands hands = new PaintedHands(SIZE, 100);
                Source paced = hands.stream(10, true).open(SourceSpec.Options.ALL)) {
            long begun = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                Frame frame = Objects.requireNonNull(paced.read());
                assertTrue(System.nanoTime() - begun >= frame.timeNanos(), "frame " + i);
                frame.recycle();
            }
        }
    }

    private static byte[] luma(Frame frame) {
        return frame.plane(Frame.Y).toArray(ValueLayout.JAVA_BYTE);
    }
}
