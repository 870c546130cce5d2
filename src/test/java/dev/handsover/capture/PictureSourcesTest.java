package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat.Chroma;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from pictures and folders of them, judged by the program ffmpeg. */
class PictureSourcesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "png,rgb24",
        "png,rgba",
        "png,gray",
        "png,rgb48be",
        "png,gray16be",
        "png,pal8",
        "jpg,yuvj420p",
        "jpg,yuvj444p",
        "webp,yuv420p",
        "bmp,bgr24",
        "tiff,rgb24"
    })
    void picturesOfEveryKind(String ending, String pixels) throws Exception {
        Path file = folder.resolve("p." + ending);
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=96x64:d=0.04", "-frames:v", "1", "-pix_fmt", pixels, file);
        Reading reading = Reading.of(file);
        assertEquals(1, reading.frames().size());
        assertEquals(Chroma.C444, reading.format().picture().chroma());
        String filter = "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp+bicubic:out_color_matrix=bt601"
                + ":out_range=" + (reading.format().picture().color().fullRange() ? "full" : "limited")
                + ",format=yuv444p";
        double off = Reading.distance(reading.frames().getFirst(), Ff.raw(file, filter));
        assertTrue(off < 1.5, ending + " " + pixels + " is off by " + off);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void jpegOrientationIsApplied(int orientation) throws Exception {
        Path plain = folder.resolve("plain.jpg");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=96x64:d=0.04", "-frames:v", "1", "-q:v", "2", plain);
        Path turned = folder.resolve("turned.jpg");
        Files.write(turned, withOrientation(Files.readAllBytes(plain), orientation));
        Reading upright = Reading.of(plain);
        Reading reading = Reading.of(turned);
        boolean tall = orientation >= 5;
        assertEquals(tall ? 64 : 96, reading.format().picture().width());
        byte[] luma = reading.lumas().getFirst();
        byte[] wanted = new byte[luma.length];
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 96; x++) {
                int at =
                        switch (orientation) {
                            case 2 -> y * 96 + 95 - x;
                            case 3 -> (63 - y) * 96 + 95 - x;
                            case 4 -> (63 - y) * 96 + x;
                            case 5 -> x * 64 + y;
                            case 6 -> x * 64 + 63 - y;
                            case 7 -> (95 - x) * 64 + 63 - y;
                            case 8 -> (95 - x) * 64 + y;
                            default -> y * 96 + x;
                        };
                wanted[at] = upright.lumas().getFirst()[y * 96 + x];
            }
        }
        assertTrue(Reading.distance(luma, wanted) < 0.01, "orientation " + orientation);
    }

    /** Puts an Exif segment with one tag, 0x0112, behind the start of a JPEG file. */
    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        byte[] segment = {
            (byte) 0xFF,
            (byte) 0xE1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) orientation,
            0,
            0,
            0,
            0,
            0,
            0
        };
        byte[] all = new byte[jpeg.length + segment.length];
        System.arraycopy(jpeg, 0, all, 0, 2);
        System.arraycopy(segment, 0, all, 2, segment.length);
        System.arraycopy(jpeg, 2, all, 2 + segment.length, jpeg.length - 2);
        return all;
    }

    @Test
    void sequencesAreSortedByNumber() throws IOException, InterruptedException {
        for (int i : new int[] {1, 2, 9, 10, 11}) {
            Ff.mpeg(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=0x" + String.format("%02x", i * 20) + "8080:s=32x32:d=0.04",
                    "-frames:v",
                    "1",
                    folder.resolve("shot_" + i + ".png"));
        }
        for (String argument : List.of(folder.toString(), folder + "/shot_%d.png", folder + "/*.png")) {
            Reading reading = Reading.of(argument, SourceSpec.Options.ALL);
            assertEquals(5, reading.frames().size());
            int last = -1;
            for (byte[] luma : reading.lumas()) {
                assertTrue((luma[0] & 255) > last, argument);
                last = luma[0] & 255;
            }
        }
    }

    @Test
    void cmykJpegKeepsItsColours() throws Exception {
        Path inks = Path.of(java.util.Objects.requireNonNull(getClass().getResource("/pictures/cmyk.jpg"))
                .toURI());
        Path lights = Path.of(java.util.Objects.requireNonNull(getClass().getResource("/pictures/rgb.png"))
                .toURI());
        assertTrue(Reading.distance(
                        Reading.of(inks).frames().getFirst(),
                        Reading.of(lights).frames().getFirst())
                < 2.5);
    }

    @Test
    void hugePicturesAreRefused() {
        Path file = folder.resolve("big.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=red:s=8192x8192:d=0.04", "-frames:v", "1", file);
        Failure failure = assertThrows(Failure.class, () -> Reading.of(file));
        assertTrue(failure.sentence().contains("--max-pixels"), failure.sentence());
    }

    @Test
    void onePixelIsAPicture() throws Exception {
        Path file = folder.resolve("one.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=red:s=1x1:d=0.04", "-frames:v", "1", file);
        assertEquals(1, Reading.of(file).frames().getFirst().length / 3);
    }
}
