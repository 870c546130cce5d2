package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from every kind of stream, judged by the program ffmpeg. */
class SourcesTest {
    @TempDir
    Path folder;

    /** Everything that a source gave. */
    private record Reading(
            List<byte[]> lumas,
            List<byte[]> frames,
            List<Long> times,
            List<String> notes,
            long lost,
            dev.handsover.frame.StreamFormat format) {}

    static Reading read(String argument, SourceSpec.Options options) throws InterruptedException {
        try (Source source = SourceSpec.parse(argument).open(options)) {
            source.onSound(dev.handsover.frame.SoundPacket::close);
            List<byte[]> lumas = new ArrayList<>();
            List<byte[]> frames = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            Frame frame;
            while ((frame = source.read()) != null) {
                lumas.add(plane(frame, 0));
                byte[] all = lumas.getLast();
                for (int plane = 1; plane < 3; plane++) {
                    byte[] next = plane(frame, plane);
                    int at = all.length;
                    all = Arrays.copyOf(all, at + next.length);
                    System.arraycopy(next, 0, all, at, next.length);
                }
                frames.add(all);
                times.add(frame.timeNanos());
                assertTrue(frame.sequence() >= times.size() - 1);
                frame.recycle();
            }
            return new Reading(lumas, frames, times, source.report(), source.lost(), source.format());
        }
    }

    private static Reading read(Path file) throws InterruptedException {
        return read(file.toString(), SourceSpec.Options.ALL);
    }

    private static byte[] plane(Frame frame, int plane) {
        int w = frame.format().planeWidth(plane);
        int h = frame.format().planeHeight(plane);
        byte[] bytes = new byte[w * h];
        for (int y = 0; y < h; y++) {
            java.lang.foreign.MemorySegment.copy(
                    frame.plane(plane), ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane), bytes, y * w, w);
        }
        return bytes;
    }

    private static double distance(byte[] a, byte[] b) {
        assertEquals(a.length, b.length);
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 255) - (b[i] & 255));
        }
        return (double) sum / a.length;
    }

    private Path make(String name, Object... arguments) {
        Path file = folder.resolve(name);
        List<Object> all = new ArrayList<>(List.of("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.4"));
        all.addAll(List.of(arguments));
        all.add(file);
        Ff.mpeg(all.toArray());
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "mkv,ffv1,yuv420p", "mkv,ffv1,yuv422p", "mkv,ffv1,yuv444p", "mkv,ffv1,yuv420p10le", "mkv,ffv1,yuv422p10le",
        "mkv,ffv1,gray", "mkv,ffv1,bgra", "mkv,rawvideo,nv12", "mkv,rawvideo,yuyv422", "mov,rawvideo,uyvy422",
        "avi,mjpeg,yuvj420p", "avi,mjpeg,yuvj422p", "gif,gif,pal8", "avi,png,rgb24", "mkv,ffv1,yuv410p",
        "mov,qtrle,rgb24", "nut,rawvideo,gray10le"
    })
    void pixelFormatsBecomeTheSamePicture(String container, String codec, String pixels) throws Exception {
        Path file = make("in." + container, "-c:v", codec, "-pix_fmt", pixels);
        Reading reading = read(file);
        assertEquals(10, reading.frames().size());
        assertEquals(0, reading.lost());
        ColorSpec color = reading.format().picture().color();
        String filter = "scale=flags=bicubic+accurate_rnd+full_chroma_int:out_color_matrix=bt601:out_range="
                + (color.fullRange() ? "full" : "limited") + ",format=yuv420p";
        byte[] raw = Ff.raw(file, filter);
        int size = 320 * 180 * 3 / 2;
        double off = distance(reading.frames().get(3), Arrays.copyOfRange(raw, 3 * size, 4 * size));
        assertTrue(off < 1.2, pixels + " is off by " + off);
    }

    @ParameterizedTest
    @CsvSource({"bt709,tv,BT709,false", "bt470bg,tv,BT601,false", "bt2020nc,tv,BT2020,false", "bt709,pc,BT709,true"})
    void tagsOfColourAreTaken(String space, String range, ColorSpec.Matrix matrix, boolean full) throws Exception {
        Path file = make("in.mp4", "-c:v", "libopenh264", "-colorspace", space, "-color_range", range);
        ColorSpec color = read(file).format().picture().color();
        assertEquals(matrix, color.matrix());
        assertEquals(full, color.fullRange());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "90", "180", "270", "0h", "90h", "180h", "270h"})
    void rotationAndMirroringAreApplied(String how) throws Exception {
        Path file = make("in.mp4", "-c:v", "libopenh264");
        Path turned = folder.resolve("turned.mp4");
        String degrees = how.replace("h", "");
        List<Object> arguments = new ArrayList<>(List.of("-display_rotation", degrees));
        if (how.endsWith("h")) {
            arguments.addAll(List.of("-display_hflip"));
        }
        arguments.addAll(List.of("-i", file, "-c", "copy", turned));
        Ff.mpeg(arguments.toArray());
        Reading reading = read(turned);
        byte[] raw = Ff.raw(turned, "format=yuv420p");
        boolean tall = degrees.equals("90") || degrees.equals("270");
        assertEquals(tall ? 180 : 320, reading.format().picture().width());
        byte[] first = Arrays.copyOf(raw, 320 * 180 * 3 / 2);
        assertTrue(distance(reading.frames().getFirst(), first) < 0.01, how);
    }

    @Test
    void pixelAspectIsKept() throws Exception {
        Path file = make("in.mp4", "-c:v", "libopenh264", "-vf", "setsar=4/3");
        assertEquals(new Rational(4, 3), read(file).format().picture().pixelAspect());
    }

    @Test
    void oddSizesKeepEveryPixel() throws Exception {
        Path file = folder.resolve("odd.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc=s=159x91:d=0.2", "-c:v", "ffv1", "-pix_fmt", "yuv420p", file);
        Reading reading = read(file);
        assertEquals(159, reading.format().picture().width());
        assertEquals(91, reading.format().picture().height());
        byte[] raw = Ff.raw(file, "format=yuv420p");
        assertTrue(Arrays.equals(
                Arrays.copyOf(raw, reading.frames().getFirst().length),
                reading.frames().getFirst()));
    }

    @Test
    void variableRateKeepsItsTimes() throws Exception {
        Path file =
                make("vfr.mkv", "-vf", "setpts='PTS+floor(N/3)*0.1/TB'", "-c:v", "ffv1", "-fps_mode", "passthrough");
        List<Long> times = read(file).times();
        List<Double> wanted = Ff.times(file, "v");
        assertEquals(wanted.size(), times.size());
        for (int i = 0; i < times.size(); i++) {
            assertEquals(wanted.get(i) - wanted.getFirst(), times.get(i) / 1e9, 1e-4);
        }
    }

    @Test
    void lateStartsBeginAtZero() throws Exception {
        Path file = make("late.ts", "-c:v", "libopenh264", "-output_ts_offset", "500");
        assertEquals(0, read(file).times().getFirst());
    }

    @Test
    void timesThatGoBackAreMovedOn() throws Exception {
        Path file = make(
                "back.nut",
                "-vf",
                "setpts='if(gt(N,5),PTS-0.3/TB,PTS)'",
                "-c:v",
                "rawvideo",
                "-fps_mode",
                "passthrough");
        Reading reading = read(file);
        for (int i = 1; i < reading.times().size(); i++) {
            assertTrue(reading.times().get(i) > reading.times().get(i - 1));
        }
    }

    @Test
    void joinedRecordingsGoOnWhereTheFirstEnded() throws Exception {
        Path two = folder.resolve("two.ts");
        Path longer = folder.resolve("longer.ts");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=2", "-c:v", "libopenh264", longer);
        byte[] bytes = Files.readAllBytes(longer);
        byte[] joined = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, joined, bytes.length, bytes.length);
        Files.write(two, joined);
        Reading reading = read(two);
        assertEquals(100, reading.frames().size());
        assertEquals(99 * 0.04, reading.times().getLast() / 1e9, 0.05);
        for (int i = 1; i < 100; i++) {
            assertEquals(0.04, (reading.times().get(i) - reading.times().get(i - 1)) / 1e9, 0.045, "frame " + i);
        }
    }

    @Test
    void aSizeThatChangesMidwayIsScaledToTheFirst() throws Exception {
        Path a = make("a.h264", "-c:v", "libopenh264");
        Path b = folder.resolve("b.h264");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=0.4", "-c:v", "libopenh264", b);
        Path both = folder.resolve("both.h264");
        byte[] joined = Files.readAllBytes(a);
        byte[] second = Files.readAllBytes(b);
        byte[] all = Arrays.copyOf(joined, joined.length + second.length);
        System.arraycopy(second, 0, all, joined.length, second.length);
        Files.write(both, all);
        Reading reading = read(both);
        assertEquals(20, reading.frames().size());
        assertEquals(reading.frames().getFirst().length, reading.frames().getLast().length);
        assertTrue(reading.notes().stream().anyMatch(line -> line.contains("size changes")), reading.notes()::toString);
    }

    @Test
    void interlacedVideoIsDeinterlacedAndSaysSo() throws Exception {
        Path file = make("in.mpg", "-vf", "setfield=tff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-q:v", "2");
        Reading reading = read(file);
        assertTrue(reading.notes().stream().anyMatch(line -> line.contains("interlaced")), reading.notes()::toString);
        assertEquals(Ff.times(file, "v").size(), reading.frames().size());
    }

    @Test
    void hdrIsToneMappedAndSaysSo() throws Exception {
        Path file = make(
                "hdr.mkv",
                "-vf",
                "format=yuv420p10le,setparams=color_trc=smpte2084:colorspace=bt2020nc:color_primaries=bt2020:range=tv",
                "-c:v",
                "ffv1");
        Reading reading = read(file);
        assertTrue(reading.notes().stream().anyMatch(line -> line.contains("tone-mapped")), reading.notes()::toString);
        assertEquals(ColorSpec.Matrix.BT709, reading.format().picture().color().matrix());
    }

    @Test
    void startEndAndFramesCut() throws Exception {
        Path file = folder.resolve("clock.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=4", "-c:v", "ffv1", file);
        SourceSpec.Options cut = new SourceSpec.Options(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                0,
                null,
                1 << 20,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
        Reading reading = read(file.toString(), cut);
        assertEquals(25, reading.frames().size());
        assertEquals(0, reading.times().getFirst());
        byte[] raw = Ff.raw(file, "format=yuv420p");
        int size = reading.frames().getFirst().length;
        assertTrue(Arrays.equals(
                Arrays.copyOfRange(raw, 25 * size, 26 * size), reading.frames().getFirst()));
    }

    @Test
    void framesASecondAreMadeByRepeatingAndLeavingOut() throws Exception {
        Path file = make("in.mkv", "-c:v", "ffv1");
        SourceSpec.Options fast = new SourceSpec.Options(
                null, null, 0, new Rational(50, 1), 1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(5));
        Reading reading = read(file.toString(), fast);
        assertEquals(20, reading.frames().size(), 1);
        assertEquals(20_000_000, reading.times().get(1), 1000);
    }

    @Test
    void framesASecondAreCountedFromTheStartThatWasAskedFor() throws Exception {
        Path file = folder.resolve("clock.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=4", "-c:v", "ffv1", file);
        Reading reading = read(
                file.toString(),
                new SourceSpec.Options(
                        Duration.ofMillis(1015),
                        null,
                        40,
                        new Rational(30, 1),
                        1 << 20,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5)));
        byte[] raw = Ff.raw(file, "format=yuv420p");
        int size = reading.frames().getFirst().length;
        for (int k = 0; k < 40; k++) {
            assertTrue(Math.abs(Math.round(k * 1e9 / 30) - reading.times().get(k)) <= 1);
            // the last picture whose own time, rounded to the grid that begins at the start, is not later
            int shown = 0;
            while (Math.round(((shown + 1) / 25.0 - 1.015) * 30) <= k) {
                shown++;
            }
            assertTrue(
                    Arrays.equals(
                            Arrays.copyOfRange(raw, shown * size, (shown + 1) * size),
                            reading.frames().get(k)),
                    "frame " + k);
        }
    }

    @Test
    void aPatternIsPaintedAtTheRateThatWasAskedFor() throws Exception {
        SourceSpec.Options rate = new SourceSpec.Options(
                null, null, 0, new Rational(10, 1), 1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(5));
        Reading reading = read("pattern:clock?size=64x64&frames=60&fps=30", rate);
        assertEquals(20, reading.frames().size());
        assertEquals(100_000_000, reading.times().get(1));
    }

    @Test
    void aTruncatedFileGivesWhatIsThereAndSaysWhatIsNot() throws Exception {
        Path file = folder.resolve("in.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-c:v", "mpeg4", "-g", "1", file);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length * 6 / 10));
        Reading reading = read(file);
        assertTrue(
                reading.frames().size() > 40 && reading.frames().size() < 75,
                reading.frames().size() + " frames");
        assertTrue(reading.lost() > 25, "lost " + reading.lost());
        assertTrue(reading.notes().stream().anyMatch(line -> line.contains("cut short")), reading.notes()::toString);
    }

    @Test
    void aDamagedFileGivesWhatDecodesAndCountsTheRest() throws Exception {
        Path file = make("in.ts", "-c:v", "libopenh264", "-g", "2", "-b:v", "2M");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = bytes.length / 3; i < bytes.length / 2; i++) {
            bytes[i] = (byte) (bytes[i] * 31 + i);
        }
        Files.write(file, bytes);
        Reading reading = read(file);
        assertTrue(reading.frames().size() >= 4, reading.frames().size() + " frames");
        assertTrue(reading.lost() > 0, "nothing was counted as lost");
    }

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
        Reading reading = read(file);
        assertEquals(1, reading.frames().size());
        assertEquals(Chroma.C444, reading.format().picture().chroma());
        String filter = "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp+bicubic:out_color_matrix=bt601"
                + ":out_range=" + (reading.format().picture().color().fullRange() ? "full" : "limited")
                + ",format=yuv444p";
        double off = distance(reading.frames().getFirst(), Ff.raw(file, filter));
        assertTrue(off < 1.5, ending + " " + pixels + " is off by " + off);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void jpegOrientationIsApplied(int orientation) throws Exception {
        Path plain = folder.resolve("plain.jpg");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=96x64:d=0.04", "-frames:v", "1", "-q:v", "2", plain);
        Path turned = folder.resolve("turned.jpg");
        Files.write(turned, withOrientation(Files.readAllBytes(plain), orientation));
        Reading upright = read(plain);
        Reading reading = read(turned);
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
        assertTrue(distance(luma, wanted) < 0.01, "orientation " + orientation);
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
            Reading reading = read(argument, SourceSpec.Options.ALL);
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
        assertTrue(
                distance(read(inks).frames().getFirst(), read(lights).frames().getFirst()) < 2.5);
    }

    @Test
    void aLivePatternKeepsTheClock() throws Exception {
        long start = System.nanoTime();
        Reading reading = read("pattern:clock?size=64x64&frames=16&fps=20&live=1", SourceSpec.Options.ALL);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds > 0.7 && seconds < 5, seconds + " s");
        assertTrue(reading.format().live());
    }

    @Test
    void hugePicturesAreRefused() {
        Path file = folder.resolve("big.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=red:s=8192x8192:d=0.04", "-frames:v", "1", file);
        Failure failure = assertThrows(Failure.class, () -> read(file));
        assertTrue(failure.sentence().contains("--max-pixels"), failure.sentence());
    }

    @Test
    void onePixelIsAPicture() throws Exception {
        Path file = folder.resolve("one.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=red:s=1x1:d=0.04", "-frames:v", "1", file);
        assertEquals(1, read(file).frames().getFirst().length / 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.mp4", "empty.mp4", "text.mp4", "sound.m4a", "folder.mp4"})
    void whatIsNoVideoIsOneSentence(String name) throws Exception {
        Path file = folder.resolve(name);
        switch (name) {
            case "empty.mp4" -> Files.createFile(file);
            case "text.mp4" -> Files.writeString(file, "dear diary, today nothing moved\n".repeat(50));
            case "sound.m4a" -> Ff.mpeg("-f", "lavfi", "-i", "sine=d=1", file);
            case "folder.mp4" -> Files.createDirectory(file);
            default -> assertFalse(Files.exists(file));
        }
        Failure failure = assertThrows(Failure.class, () -> read(file));
        assertEquals(Failure.Kind.INPUT, failure.kind());
        assertTrue(failure.sentence().endsWith("."), failure.sentence());
        assertFalse(failure.sentence().contains("\n"));
    }
}
