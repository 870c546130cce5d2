package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.frame.Rational;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pictures, videos and slides behind and over the hands. */
class LayersTest {
    private static final PictureFormat CANVAS = PictureFormat.i420(160, 90, ColorSpec.assumedFor(90));

    @TempDir
    Path folder;

    private static int luma(Frame frame, int x, int y) {
        return frame.plane(Frame.Y).get(ValueLayout.JAVA_BYTE, (long) y * frame.stride(Frame.Y) + x) & 255;
    }

    @ParameterizedTest
    @EnumSource(Fit.class)
    void aSquareOnAWideCanvas(Fit fit) {
        Path square = folder.resolve("square.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=white:s=40x40:d=0.04", "-frames:v", "1", square);
        try (Pictures pictures = LayerPictures.open(square, CANVAS, fit, Duration.ofSeconds(1))) {
            Frame frame = pictures.at(0);
            assertTrue(pictures.still());
            boolean barred = fit == Fit.CONTAIN;
            assertEquals(barred ? 16 : 235, luma(frame, 5, 45), 1);
            assertEquals(235, luma(frame, 80, 45), 1);
            assertEquals(160, frame.width());
        }
    }

    @Test
    void clearPixelsStayClearAndEdgesKeepTheirColour() {
        Path disc = folder.resolve("disc.png");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "color=green@0.0:s=400x400:d=0.04,format=rgba,geq=r=255:g=255*gt(hypot(X-200\\,Y-200)\\,120)"
                        + ":b=0:a=255*lt(hypot(X-200\\,Y-200)\\,120)",
                "-frames:v",
                "1",
                disc);
        PictureFormat canvas = CANVAS.withAlpha(true);
        try (Pictures pictures = LayerPictures.open(disc, canvas, Fit.CONTAIN, Duration.ofSeconds(1))) {
            Frame frame = pictures.at(0);
            int red = (int) Math.round(canvas.color().toYuv(1, 0, 0)[0]);
            int edges = 0;
            for (int y = 0; y < 90; y++) {
                for (int x = 0; x < 160; x++) {
                    int alpha =
                            frame.plane(Frame.A).get(ValueLayout.JAVA_BYTE, (long) y * frame.stride(Frame.A) + x) & 255;
                    if (alpha > 8) {
                        assertEquals(
                                red, luma(frame, x, y), alpha < 255 ? 12 : 2, "yellow bleeds in at " + x + "," + y);
                        edges += alpha < 255 ? 1 : 0;
                    }
                }
            }
            assertTrue(edges > 20, "the edge is hard");
        }
    }

    /** 4 frames at 10 a second, brighter each time. */
    private Path brighter() {
        Path video = folder.resolve("loop.mkv");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "color=black:s=160x90:r=10:d=0.4,geq=lum=40+40*N:cb=128:cr=128",
                "-c:v",
                "ffv1",
                video);
        return video;
    }

    @Test
    void aVideoLoopsByItsOwnTimes() {
        Path video = brighter();
        try (Pictures pictures = LayerPictures.open(video, CANVAS, Fit.STRETCH, Duration.ofSeconds(1))) {
            for (int k = 0; k < 14; k++) {
                long time = k * 70_000_000L;
                int wanted = 40 + 40 * (int) (time / 100_000_000L % 4);
                assertEquals(wanted, luma(pictures.at(time), 80, 45), 2, "at " + time);
            }
        }
    }

    @Test
    void hoursThatNobodySawAreNotDecoded() {
        Path video = brighter();
        try (Pictures pictures = LayerPictures.open(video, CANVAS, Fit.STRETCH, Duration.ofSeconds(1))) {
            assertEquals(40, luma(pictures.at(0), 80, 45), 2);
            long start = System.nanoTime();
            assertEquals(120, luma(pictures.at(36_000_000_000_000L + 250_000_000L), 80, 45), 2);
            assertTrue(System.nanoTime() - start < 5_000_000_000L);
        }
    }

    @Test
    void aDamagedSlideIsPassedOver() throws Exception {
        for (int i = 0; i < 3; i++) {
            Path slide = folder.resolve("slide" + i + ".png");
            Ff.mpeg(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=gray:s=160x90:d=0.04,geq=lum=" + (60 + 60 * i) + ":cb=128:cr=128",
                    "-frames:v",
                    "1",
                    slide);
            if (i == 1) {
                java.nio.file.Files.writeString(slide, "no picture");
            }
        }
        try (Pictures pictures = LayerPictures.open(folder, CANVAS, Fit.COVER, Duration.ofSeconds(1))) {
            int first = luma(pictures.at(0), 10, 10);
            assertEquals(first, luma(pictures.at(1_500_000_000L), 10, 10));
            assertTrue(luma(pictures.at(2_500_000_000L), 10, 10) > first + 60);
        }
    }

    @Test
    void slidesFollowTheClock() {
        for (int i = 0; i < 3; i++) {
            Ff.mpeg(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=gray:s=160x90:d=0.04,geq=lum=" + (60 + 60 * i) + ":cb=128:cr=128",
                    "-frames:v",
                    "1",
                    folder.resolve("slide" + (i + 9) + ".png"));
        }
        try (Pictures pictures = LayerPictures.open(folder, CANVAS, Fit.COVER, Duration.ofSeconds(2))) {
            int first = luma(pictures.at(0), 10, 10);
            Frame early = pictures.at(1_000_000_000L);
            assertSame(early, pictures.at(1_900_000_000L));
            int second = luma(pictures.at(2_500_000_000L), 10, 10);
            int third = luma(pictures.at(4_500_000_000L), 10, 10);
            assertTrue(first < second && second < third, first + " " + second + " " + third);
            assertEquals(first, luma(pictures.at(6_500_000_000L), 10, 10));
        }
    }

    @Test
    void anamorphicCanvasesShowSquaresAsSquares() {
        Path disc = folder.resolve("wide.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=white:s=90x90:d=0.04", "-frames:v", "1", disc);
        PictureFormat canvas = new PictureFormat(
                80, 90, PictureFormat.Chroma.C420, false, ColorSpec.assumedFor(90), new Rational(2, 1));
        try (Pictures pictures = LayerPictures.open(disc, canvas, Fit.CONTAIN, Duration.ofSeconds(1))) {
            Frame frame = pictures.at(0);
            int white = 0;
            for (int x = 0; x < 80; x++) {
                white += luma(frame, x, 45) > 200 ? 1 : 0;
            }
            assertEquals(45, white, 2);
        }
    }
}
