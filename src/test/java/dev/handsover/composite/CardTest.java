package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Cards on pictures of every kind: text that is there, in the middle, whole, and nothing else touched. */
class CardTest {
    private static final String TEXT = "The camera is unplugged; waiting for it.";
    private static final ColorSpec HD = ColorSpec.assumedFor(720);
    private static final PictureFormat FORMAT = PictureFormat.i420(640, 360, HD);

    @Test
    void looksAsItDid() throws Exception {
        on(FORMAT, picture -> {
            picture.fill(120, 90, 170, 255);
            new Card().draw(picture, TEXT);
            Goldens.check("card", Goldens.image(picture), 3);
        });
    }

    @Test
    void standsInTheMiddleAndLeavesTheRestAlone() throws Exception {
        on(FORMAT, picture -> {
            picture.fill(100, 90, 200, 255);
            new Card().draw(picture, TEXT);
            int[] box = changed(picture, Frame.Y, 100);
            assertTrue(box[2] - box[0] > 200 && box[3] - box[1] > 30, "a panel of a readable size");
            assertEquals(640, box[0] + box[2] + 1, 2, "as much left as right");
            assertEquals(360, box[1] + box[3] + 1, 2, "as much above as below");
            int[] chroma = changed(picture, Frame.U, 90);
            assertEquals(box[0] / 2.0, chroma[0], 2);
            assertEquals(235, brightest(picture), 1, "white letters");
            assertEquals(
                    16 + 0.07 * 219 * 0.85 + 0.15 * 84,
                    code(picture, Frame.Y, box[0] + 12, 180),
                    3,
                    "a dark panel that lets a little through");
        });
    }

    @Test
    void isTheSameEveryTime() throws Exception {
        byte[] first = drawn(FORMAT, TEXT);
        assertArrayEquals(first, drawn(FORMAT, TEXT));
        on(FORMAT, picture -> {
            Card card = new Card();
            card.draw(picture, "Something else.");
            picture.fill(120, 128, 128, 255);
            card.draw(picture, TEXT);
            assertArrayEquals(first, picture.plane(Frame.Y).toArray(ValueLayout.JAVA_BYTE));
        });
    }

    @Test
    void longTextsWrapAndShrinkAndAreCutAtLast() throws Exception {
        for (String text : List.of(TEXT.repeat(8), "x".repeat(500), TEXT.repeat(200), "", "a\nb\n\nc", "手")) {
            for (PictureFormat format : List.of(FORMAT, FORMAT.withSize(97, 61), FORMAT.withSize(1, 1))) {
                on(format, picture -> {
                    picture.fill(100, 128, 128, 255);
                    new Card().draw(picture, text);
                    int[] box = changed(picture, Frame.Y, 100);
                    assertTrue(box[0] >= 0 && box[2] < format.width(), format.width() + ": " + text.length());
                });
            }
        }
    }

    @Test
    void fullRangeAndFullChroma() throws Exception {
        PictureFormat format =
                new PictureFormat(321, 201, PictureFormat.Chroma.C444, false, ColorSpec.JPEG, Rational.ONE);
        on(format, picture -> {
            picture.fill(255, 0, 255, 255);
            new Card().draw(picture, TEXT);
            assertEquals(255, brightest(picture));
            int[] box = changed(picture, Frame.Y, 255);
            int middle = (box[0] + box[2]) / 2;
            assertEquals(128 * 0.85, code(picture, Frame.U, middle, box[1] + 3), 3);
        });
    }

    @Test
    void coversWhatIsTransparent() throws Exception {
        on(FORMAT.withAlpha(true), picture -> {
            picture.fill(200, 30, 220, 0);
            new Card().draw(picture, TEXT);
            int[] box = changed(picture, Frame.A, 0);
            assertEquals(0, code(picture, Frame.A, 5, 5));
            assertEquals(0.85 * 255, code(picture, Frame.A, box[0] + 12, 180), 2);
            assertEquals(16 + 0.07 * 219, code(picture, Frame.Y, box[0] + 12, 180), 2, "nothing of a hidden colour");
            assertEquals(128, code(picture, Frame.U, (box[0] + 12) / 2, 90), 1);
        });
    }

    private static byte[] drawn(PictureFormat format, String text) throws InterruptedException {
        byte[][] result = new byte[1][];
        on(format, picture -> {
            picture.fill(120, 128, 128, 255);
            new Card().draw(picture, text);
            result[0] = picture.plane(Frame.Y).toArray(ValueLayout.JAVA_BYTE);
        });
        return result[0];
    }

    private static void on(PictureFormat format, Consumer<Frame> work) throws InterruptedException {
        try (FramePool pool = new FramePool(format, 1)) {
            Frame picture = pool.take();
            work.accept(picture);
            picture.recycle();
        }
    }

    /** Left, top, right and bottom of what differs from a code. */
    private static int[] changed(Frame picture, int plane, int from) {
        int[] box = {Integer.MAX_VALUE, Integer.MAX_VALUE, -1, -1};
        for (int y = 0; y < picture.format().planeHeight(plane); y++) {
            for (int x = 0; x < picture.format().planeWidth(plane); x++) {
                if (code(picture, plane, x, y) != from) {
                    box[0] = Math.min(box[0], x);
                    box[1] = Math.min(box[1], y);
                    box[2] = Math.max(box[2], x);
                    box[3] = Math.max(box[3], y);
                }
            }
        }
        return box;
    }

    private static int brightest(Frame picture) {
        int most = 0;
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                most = Math.max(most, code(picture, Frame.Y, x, y));
            }
        }
        return most;
    }

    private static int code(Frame picture, int plane, int x, int y) {
        return picture.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * picture.stride(plane) + x) & 255;
    }
}
