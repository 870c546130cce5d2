package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.SourceSpec;
import dev.handsover.capture.pattern.PatternSource;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole path against exact truth: rendered hands, whose masks are known, through {@code process} into a file, and that
 * file decoded again by the program ffmpeg. Figures stand in the assertions with some room for other machines.
 */
class EndToEndTest {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int FRAMES = 60;
    private static final String HANDS = "pattern:hands?size=" + WIDTH + "x" + HEIGHT + "&frames=" + FRAMES;
    /** Green as a screen: no hand is. */
    private static final int[] BACKGROUND = {0, 177, 64};

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Pixels result;
    private static final List<byte[]> truth = new ArrayList<>();
    private static Pixels input;

    @BeforeAll
    static void runOnce() throws Exception {
        Path file = shared.resolve("out.mp4");
        Run.process(HANDS, file, "--background", "color:#00B140", "--crf", "10", "--quiet");
        result = Pixels.of(file, "rgb24");
        SourceSpec.Pattern pattern = (SourceSpec.Pattern) SourceSpec.parse(HANDS);
        Path raw = shared.resolve("in.yuv");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(raw));
                PatternSource source = PatternSource.open(pattern, SourceSpec.Options.ALL);
                FramePool pool = new FramePool(source.format().picture(), 1)) {
            Frame frame = pool.take();
            for (int i = 0; i < FRAMES; i++) {
                source.truth(i, frame);
                truth.add(luma(frame));
                source.frame(i, frame);
                append(frame, out);
            }
            frame.recycle();
        }
        // the same program turns both into RGB, so that its way of doing so does not count
        Path in = shared.resolve("in.mkv");
        List<Object> arguments = new ArrayList<>(List.of("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s"));
        arguments.addAll(List.of(WIDTH + "x" + HEIGHT, "-r", "30", "-i", raw, "-c:v", "ffv1"));
        arguments.addAll(List.of("-colorspace", "smpte170m", "-color_range", "tv", in));
        Ff.mpeg(arguments.toArray());
        input = Pixels.of(in, "rgb24");
    }

    private static byte[] luma(Frame frame) {
        byte[] bytes = new byte[WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            MemorySegment.copy(
                    frame.plane(Frame.Y), ValueLayout.JAVA_BYTE, (long) y * frame.stride(0), bytes, y * WIDTH, WIDTH);
        }
        return bytes;
    }

    private static void append(Frame frame, OutputStream out) throws IOException {
        for (int plane = 0; plane < 3; plane++) {
            int columns = frame.format().planeWidth(plane);
            byte[] row = new byte[columns];
            for (int y = 0; y < frame.format().planeHeight(plane); y++) {
                long from = (long) y * frame.stride(plane);
                MemorySegment.copy(frame.plane(plane), ValueLayout.JAVA_BYTE, from, row, 0, columns);
                out.write(row);
            }
        }
    }

    private static double offBackground(byte[] frame, int pixel) {
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            sum = Math.max(sum, Math.abs((frame[pixel * 3 + c] & 255) - BACKGROUND[c]));
        }
        return sum;
    }

    /** Whether all pixels around, as far as {@code reach}, are on the same side of the true edge. */
    private static boolean deep(byte[] mask, int x, int y, int reach, boolean inside) {
        if (x < reach || y < reach || x >= WIDTH - reach || y >= HEIGHT - reach) {
            return false;
        }
        for (int dy = -reach; dy <= reach; dy += 1) {
            for (int dx = -reach; dx <= reach; dx += 1) {
                int code = mask[(y + dy) * WIDTH + x + dx] & 255;
                if (inside ? code < 255 : code > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void everyFrameArrives() {
        assertEquals(
                List.of(WIDTH, HEIGHT, FRAMES),
                List.of(result.width(), result.height(), result.frames().size()));
    }

    @Test
    void whatIsNotBackgroundIsTheHands() {
        long both = 0;
        long either = 0;
        for (int i = 0; i < FRAMES; i++) {
            for (int p = 0; p < WIDTH * HEIGHT; p++) {
                boolean there = (truth.get(i)[p] & 255) >= 128;
                // half way between this green and skin
                boolean found = offBackground(result.frames().get(i), p) > 60;
                both += there && found ? 1 : 0;
                either += there || found ? 1 : 0;
            }
        }
        double iou = (double) both / either;
        System.out.printf("end to end: IoU %.3f%n", iou);
        assertTrue(iou >= 0.90, "IoU " + iou);
    }

    @Test
    void theBackgroundIsTheColourAskedFor() {
        double square = 0;
        long count = 0;
        for (int i = 0; i < FRAMES; i += 6) {
            for (int y = 0; y < HEIGHT; y += 2) {
                for (int x = 0; x < WIDTH; x += 2) {
                    if (deep(truth.get(i), x, y, 12, false)) {
                        for (int c = 0; c < 3; c++) {
                            double off = (result.frames().get(i)[(y * WIDTH + x) * 3 + c] & 255) - BACKGROUND[c];
                            square += off * off;
                            count++;
                        }
                    }
                }
            }
        }
        double psnr = 10 * Math.log10(255 * 255 / (square / count));
        System.out.printf("end to end: background PSNR %.1f dB%n", psnr);
        assertTrue(psnr > 30, psnr + " dB");
    }

    @Test
    void handsKeepTheirColours() {
        double sum = 0;
        long count = 0;
        long kept = 0;
        long deep = 0;
        for (int i = 0; i < FRAMES; i += 6) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    if (!deep(truth.get(i), x, y, 5, true)) {
                        continue;
                    }
                    deep++;
                    int p = y * WIDTH + x;
                    // where the network missed a part there is no colour to compare
                    if (offBackground(result.frames().get(i), p) > 60) {
                        kept++;
                        for (int c = 0; c < 3; c++) {
                            sum += Math.abs((result.frames().get(i)[p * 3 + c] & 255)
                                    - (input.frames().get(i)[p * 3 + c] & 255));
                            count++;
                        }
                    }
                }
            }
        }
        System.out.printf(
                "end to end: colours off by %.2f, %.3f of the hands kept%n", sum / count, (double) kept / deep);
        assertTrue(sum / count < 2, "colours are off by " + sum / count);
        assertTrue(kept > 0.93 * deep, kept + " of " + deep + " pixels deep in the hands are kept");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void anyNumberOfWorkersGivesTheSameVideoInOrder(int workers) {
        Path one = folder.resolve("one.mkv");
        Path many = folder.resolve("many.mkv");
        String hands = "pattern:hands?size=320x192&frames=40&seed=5";
        Run.process(hands, one, "--codec", "ffv1", "--workers", "1", "--quiet");
        Run.process(hands, many, "--codec", "ffv1", "--workers", workers, "--quiet");
        List<byte[]> wanted = Pixels.of(one, "rgb24").frames();
        List<byte[]> frames = Pixels.of(many, "rgb24").frames();
        assertEquals(40, wanted.size());
        assertEquals(40, frames.size());
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(wanted.get(i), frames.get(i), "frame " + i);
        }
        assertEquals(Ff.times(one, "v"), Ff.times(many, "v"));
    }
}
