package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
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
        Reading reading = Reading.of(file);
        assertEquals(10, reading.frames().size());
        assertEquals(0, reading.lost());
        ColorSpec color = reading.format().picture().color();
        String filter = "scale=flags=bicubic+accurate_rnd+full_chroma_int:out_color_matrix=bt601:out_range="
                + (color.fullRange() ? "full" : "limited") + ",format=yuv420p";
        byte[] raw = Ff.raw(file, filter);
        int size = 320 * 180 * 3 / 2;
        double off = Reading.distance(reading.frames().get(3), Arrays.copyOfRange(raw, 3 * size, 4 * size));
        assertTrue(off < 1.2, pixels + " is off by " + off);
    }

    @ParameterizedTest
    @CsvSource({"bt709,tv,BT709,false", "bt470bg,tv,BT601,false", "bt2020nc,tv,BT2020,false", "bt709,pc,BT709,true"})
    void tagsOfColourAreTaken(String space, String range, ColorSpec.Matrix matrix, boolean full) throws Exception {
        Path file = make("in.mp4", "-c:v", "libopenh264", "-colorspace", space, "-color_range", range);
        ColorSpec color = Reading.of(file).format().picture().color();
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
        Reading reading = Reading.of(turned);
        byte[] raw = Ff.raw(turned, "format=yuv420p");
        boolean tall = degrees.equals("90") || degrees.equals("270");
        assertEquals(tall ? 180 : 320, reading.format().picture().width());
        byte[] first = Arrays.copyOf(raw, 320 * 180 * 3 / 2);
        assertTrue(Reading.distance(reading.frames().getFirst(), first) < 0.01, how);
    }

    @Test
    void pixelAspectIsKept() throws Exception {
        Path file = make("in.mp4", "-c:v", "libopenh264", "-vf", "setsar=4/3");
        assertEquals(new Rational(4, 3), Reading.of(file).format().picture().pixelAspect());
    }

    @Test
    void oddSizesKeepEveryPixel() throws Exception {
        Path file = folder.resolve("odd.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc=s=159x91:d=0.2", "-c:v", "ffv1", "-pix_fmt", "yuv420p", file);
        Reading reading = Reading.of(file);
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
        List<Long> times = Reading.of(file).times();
        List<Double> wanted = Ff.times(file, "v");
        assertEquals(wanted.size(), times.size());
        for (int i = 0; i < times.size(); i++) {
            assertEquals(wanted.get(i) - wanted.getFirst(), times.get(i) / 1e9, 1e-4);
        }
    }

    @Test
    void lateStartsBeginAtZero() throws Exception {
        Path file = make("late.ts", "-c:v", "libopenh264", "-output_ts_offset", "500");
        assertEquals(0, Reading.of(file).times().getFirst());
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
        Reading reading = Reading.of(file);
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
        Reading reading = Reading.of(two);
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
        Reading reading = Reading.of(both);
        assertEquals(20, reading.frames().size());
        assertEquals(reading.frames().getFirst().length, reading.frames().getLast().length);
        assertTrue(reading.notes().stream().anyMatch(line -> line.contains("size changes")), reading.notes()::toString);
    }

    @Test
    void interlacedVideoIsDeinterlacedAndSaysSo() throws Exception {
        Path file = make("in.mpg", "-vf", "setfield=tff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-q:v", "2");
        Reading reading = Reading.of(file);
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
        Reading reading = Reading.of(file);
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
        Reading reading = Reading.of(file.toString(), cut);
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
        Reading reading = Reading.of(file.toString(), fast);
        assertEquals(20, reading.frames().size(), 1);
        assertEquals(20_000_000, reading.times().get(1), 1000);
    }

    @Test
    void framesASecondAreCountedFromTheStartThatWasAskedFor() throws Exception {
        Path file = folder.resolve("clock.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=4", "-c:v", "ffv1", file);
        Reading reading = Reading.of(
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
        Reading reading = Reading.of("pattern:clock?size=64x64&frames=60&fps=30", rate);
        assertEquals(20, reading.frames().size());
        assertEquals(100_000_000, reading.times().get(1));
    }

    @Test
    void aTruncatedFileGivesWhatIsThereAndSaysWhatIsNot() throws Exception {
        Path file = folder.resolve("in.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-c:v", "mpeg4", "-g", "1", file);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length * 6 / 10));
        Reading reading = Reading.of(file);
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
        Reading reading = Reading.of(file);
        assertTrue(reading.frames().size() >= 4, reading.frames().size() + " frames");
        assertTrue(reading.lost() > 0, "nothing was counted as lost");
    }

    @Test
    void aLivePatternKeepsTheClock() throws Exception {
        long start = System.nanoTime();
        Reading reading = Reading.of("pattern:clock?size=64x64&frames=16&fps=20&live=1", SourceSpec.Options.ALL);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds > 0.7 && seconds < 5, seconds + " s");
        assertTrue(reading.format().live());
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
        Failure failure = assertThrows(Failure.class, () -> Reading.of(file));
        assertEquals(Failure.Kind.INPUT, failure.kind());
        assertTrue(failure.sentence().endsWith("."), failure.sentence());
        assertFalse(failure.sentence().contains("\n"));
    }
}
