package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphics of every kind that can be clear in places: the left half of each is, the right half is not. */
class ClearPixelsTest {
    private static final int WIDTH = 32;
    private static final int HEIGHT = 16;
    private static final int GRAY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GRAY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;
    private static final PictureFormat CANVAS =
            PictureFormat.i420(WIDTH, HEIGHT, ColorSpec.assumedFor(HEIGHT)).withAlpha(true);

    @TempDir
    Path folder;

    private static void chunk(ByteArrayOutputStream file, String name, byte[] data) {
        byte[] type = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(type);
        sum.update(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        file.writeBytes(type);
        file.writeBytes(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }

    /** One pixel's samples: the clear one is dark, or clear by its alpha, the other is as bright as can be. */
    private static int[] pixel(int type, int most, boolean clear) {
        int low = most / 3;
        int value = clear ? low : most;
        return switch (type) {
            case GRAY -> new int[] {value};
            case RGB -> new int[] {value, value, value};
            case PALETTE -> new int[] {clear ? 1 : 0};
            case GRAY_ALPHA -> new int[] {value, clear ? 0 : most};
            case RGB_ALPHA -> new int[] {value, value, value, clear ? 0 : most};
            default -> throw new IllegalArgumentException("no type " + type);
        };
    }

    private static byte[] rows(int type, int bits) {
        int most = (1 << bits) - 1;
        int samples = pixel(type, most, true).length;
        int bytes = (WIDTH * samples * bits + 7) / 8;
        byte[] rows = new byte[HEIGHT * (bytes + 1)];
        for (int y = 0; y < HEIGHT; y++) {
            int bit = (y * (bytes + 1) + 1) * 8;
            for (int x = 0; x < WIDTH; x++) {
                for (int sample : pixel(type, most, x < WIDTH / 2)) {
                    for (int i = bits - 1; i >= 0; i--, bit++) {
                        rows[bit / 8] |= (byte) ((sample >> i & 1) << (7 - bit % 8));
                    }
                }
            }
        }
        return rows;
    }

    private Path png(int type, int bits) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        chunk(
                file,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(WIDTH)
                        .putInt(HEIGHT)
                        .put((byte) bits)
                        .put((byte) type)
                        .array());
        if (type == PALETTE) {
            chunk(file, "PLTE", new byte[] {-1, -1, -1, 90, 90, 90});
            chunk(file, "tRNS", new byte[] {-1, 0});
        } else if (type == GRAY || type == RGB) {
            int low = ((1 << bits) - 1) / 3;
            ByteBuffer clear = ByteBuffer.allocate(type == GRAY ? 2 : 6);
            while (clear.hasRemaining()) {
                clear.putShort((short) low);
            }
            chunk(file, "tRNS", clear.array());
        }
        Deflater deflater = new Deflater();
        deflater.setInput(rows(type, bits));
        deflater.finish();
        byte[] packed = new byte[1 << 16];
        chunk(file, "IDAT", Arrays.copyOf(packed, deflater.deflate(packed)));
        deflater.end();
        chunk(file, "IEND", new byte[0]);
        return Files.write(folder.resolve("a.png"), file.toByteArray());
    }

    private static int at(Frame frame, int plane, int x, int y) {
        return frame.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x) & 255;
    }

    private static void halves(Path file, int luma, int slack) {
        try (Pictures pictures = LayerPictures.open(file, CANVAS, Fit.STRETCH, Duration.ofSeconds(1))) {
            for (long nanos : new long[] {0, 250_000_000L}) {
                Frame frame = pictures.at(nanos);
                for (int y = 0; y < HEIGHT; y++) {
                    for (int x = 0; x < WIDTH; x++) {
                        boolean clear = x < WIDTH / 2;
                        assertEquals(clear ? 0 : 255, at(frame, Frame.A, x, y), "alpha at " + x + "," + y);
                        if (!clear) {
                            assertEquals(luma, at(frame, Frame.Y, x, y), slack, "luma at " + x + "," + y);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1", "0, 2", "0, 4", "0, 8", "0, 16", "2, 8", "2, 16", "3, 1", "3, 2", "3, 4", "3, 8", "4, 8", "4, 16",
        "6, 8", "6, 16"
    })
    void everyKindOfPng(int type, int bits) throws IOException {
        halves(png(type, bits), 235, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.gif", "a.apng", "a.webm", "a.mov"})
    void movingOnes(String name) {
        Path file = folder.resolve(name);
        String coder = name.endsWith("webm") ? "libvpx-vp9" : name.endsWith("mov") ? "png" : "";
        List<Object> words = new ArrayList<>(List.of(
                "-f",
                "lavfi",
                "-i",
                "color=white:s=" + WIDTH + "x" + HEIGHT + ":r=5:d=0.6,format=rgba,geq=r=255:g=255:b=255:a=255*gte(X\\,"
                        + WIDTH / 2 + ")"));
        if (name.endsWith("gif")) {
            words.addAll(List.of("-vf", "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse"));
        }
        if (!coder.isEmpty()) {
            words.addAll(List.of("-c:v", coder));
        }
        if (name.endsWith("webm")) {
            words.addAll(List.of("-pix_fmt", "yuva420p", "-lossless", "1"));
        }
        words.add(file);
        Ff.mpeg(words.toArray());
        halves(file, 235, 2);
    }

    @Test
    void aWebpThatMovesIsNamed() {
        Path file = folder.resolve("a.webp");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc=s=" + WIDTH + "x" + HEIGHT + ":r=5:d=0.6", file);
        Failure failure =
                assertThrows(Failure.class, () -> LayerPictures.open(file, CANVAS, Fit.STRETCH, Duration.ofSeconds(1)));
        assertTrue(failure.sentence().contains("animated WebP"), failure.sentence());
    }

    @Test
    void aStillWebp() {
        Path file = folder.resolve("a.webp");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "color=white:s=" + WIDTH + "x" + HEIGHT + ":d=0.04,format=rgba,geq=r=255:g=255:b=255:a=255*gte(X\\,"
                        + WIDTH / 2 + ")",
                "-frames:v",
                "1",
                "-c:v",
                "libwebp",
                "-lossless",
                "1",
                file);
        halves(file, 235, 2);
    }
}
