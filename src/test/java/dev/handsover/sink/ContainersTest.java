package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Pixels;
import dev.handsover.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Video files of every container and encoder: what is asked for, whole, under the right name. */
class ContainersTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "a.mp4,h264",
        "a.m4v,h264",
        "a.mkv,h264",
        "a.mov,h264",
        "a.webm,vp9",
        "a.avi,h264",
        "a.ts,h264",
        "a.y4m,rawvideo"
    })
    void theExtensionChooses(String name, String codec) {
        Path file = folder.resolve(name);
        Run.process(Run.HANDS, file, "--quiet");
        assertEquals(codec + ",320,192,yuv420p", Ff.stream(file, "v", "codec_name,width,height,pix_fmt"));
        List<Double> times = Ff.times(file, "v");
        assertEquals(30, times.size());
        for (int i = 0; i < 30; i++) {
            assertEquals(i / 30.0, times.get(i) - times.getFirst(), 0.0011);
        }
        assertEquals(List.of(name), Run.names(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "a.mp4,libvpx-vp9,vp9,--crf,40",
        "a.mkv,av1,av1,--preset,12",
        "a.mp4,av1,av1,--crf,40",
        "a.mkv,ffv1,ffv1,,",
        "a.mov,prores,prores,,",
        "a.mkv,h264,h264,--crf,30",
        "a.mkv,libvpx-vp9,vp9,--pixel-format,yuv444p",
        "a.webm,vp9,vp9,--bitrate,200k",
        "a.mkv,mpeg4,mpeg4,--bitrate,1M",
    })
    void theUserChooses(String name, String asked, String codec, String flag, String value) {
        Path file = folder.resolve(name);
        List<Object> arguments = new ArrayList<>(List.of(Run.HANDS, file, "--codec", asked, "--quiet"));
        if (flag != null) {
            arguments.addAll(List.of(flag, value));
        }
        Run run = Run.process(arguments.toArray());
        assertEquals("", run.err());
        assertEquals(codec, Ff.stream(file, "v", "codec_name"));
        assertEquals(30, Ff.times(file, "v").size());
        if ("--pixel-format".equals(flag)) {
            assertEquals(value, Ff.stream(file, "v", "pix_fmt"));
        }
    }

    @Test
    void qualityAndBitrateCount() throws Exception {
        Path fine = folder.resolve("fine.mp4");
        Path coarse = folder.resolve("coarse.mp4");
        Path small = folder.resolve("small.mp4");
        Run.process(Run.HANDS, fine, "--crf", "12", "--background", "blur:10", "--quiet");
        Run.process(Run.HANDS, coarse, "--crf", "40", "--background", "blur:10", "--quiet");
        Run.process(Run.HANDS, small, "--bitrate", "150k", "--background", "blur:10", "--quiet");
        assertTrue(Files.size(fine) > 3 * Files.size(coarse), Files.size(fine) + " and " + Files.size(coarse));
        double bits = Files.size(small) * 8.0;
        assertTrue(bits > 40_000 && bits < 400_000, bits + " bits in a second");
    }

    @ParameterizedTest
    @CsvSource({"a.mp4,318x190", "a.webm,319x191", "a.mkv --codec ffv1,319x191", "a.mov --codec prores,319x191"})
    void oddSizesAreWritten(String place, String size) {
        String[] words = place.split(" ");
        List<Object> arguments = new ArrayList<>(List.of(Run.HANDS, folder.resolve(words[0]), "--size", "319x191"));
        arguments.addAll(List.of(words).subList(1, words.length));
        Run run = Run.process(arguments.toArray());
        Path file = folder.resolve(words[0]);
        assertEquals(size, Ff.stream(file, "v", "width,height").replace(',', 'x'));
        assertEquals(30, Ff.times(file, "v").size());
        assertEquals(words[0].equals("a.mp4"), run.err().contains("even sizes only"), run.err());
    }

    @Test
    void oddPicturesLoseTheirLastColumnAndNothingElse() {
        Path odd = folder.resolve("odd.mkv");
        String crop = "crop=161:97:exact=1,format=yuv420p";
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=192x128:d=0.2,format=yuv444p," + crop, "-c:v", "ffv1", odd);
        Path whole = folder.resolve("whole.mkv");
        Path even = folder.resolve("even.mp4");
        Run.process(odd, whole, "--codec", "ffv1", "--invert", "--quiet");
        Run.process(odd, even, "--crf", "1", "--invert", "--quiet");
        Pixels a = Pixels.of(whole, "gray");
        Pixels b = Pixels.of(even, "gray");
        assertEquals(List.of(161, 97, 160, 96), List.of(a.width(), a.height(), b.width(), b.height()));
        byte[] cut = new byte[160 * 96];
        for (int y = 0; y < 96; y++) {
            System.arraycopy(a.frames().getFirst(), y * 161, cut, y * 160, 160);
        }
        assertTrue(Pixels.distance(cut, b.frames().getFirst()) < 1.5);
    }

    @Test
    void severalOutputsAtOnceAreTheSameVideo() {
        Path a = folder.resolve("a.mkv");
        Path b = folder.resolve("b.mkv");
        Path c = folder.resolve("c.webm");
        Run.process(
                Run.HANDS,
                a,
                "--codec",
                "ffv1",
                "--output",
                b,
                "--output",
                folder + "/p_%03d.png",
                "--output",
                "null:");
        Run.process(Run.HANDS, c, "--output", folder.resolve("d.mp4"), "--quiet");
        List<byte[]> one = Pixels.of(a, "gray").frames();
        List<byte[]> two = Pixels.of(b, "gray").frames();
        assertEquals(30, one.size());
        for (int i = 0; i < one.size(); i++) {
            assertArrayEquals(one.get(i), two.get(i));
        }
        assertEquals("vp9", Ff.stream(c, "v", "codec_name"));
        assertEquals("h264", Ff.stream(folder.resolve("d.mp4"), "v", "codec_name"));
        assertEquals(34, Run.names(folder).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mov", "mkv", "webm"})
    void whatIsSaidOfTheInputIsKept(String extension) {
        Path in = folder.resolve("in.mp4");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=192x96:r=30000/1001:d=1",
                "-vf",
                "setsar=4/3",
                "-c:v",
                "libopenh264",
                "-colorspace",
                "bt709",
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709",
                "-color_range",
                "tv",
                "-metadata",
                "title=Lesson one",
                "-metadata",
                "artist=A teacher",
                in);
        Path out = folder.resolve("out." + extension);
        Run.process(in, out, "--quiet");
        String entries = "sample_aspect_ratio,color_range,color_space,color_transfer,color_primaries,avg_frame_rate";
        assertEquals(Ff.stream(in, "v", entries), Ff.stream(out, "v", entries));
        assertEquals(List.of("Lesson one"), Ff.probe(out, "-show_entries", "format_tags=title"));
        assertEquals(List.of("A teacher"), Ff.probe(out, "-show_entries", "format_tags=artist"));
        assertEquals(Ff.times(in, "v").size(), Ff.times(out, "v").size());
    }

    @Test
    void variableFrameRatesAreKept() {
        Path in = folder.resolve("in.mkv");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=160x96:r=25:d=0.6",
                "-vf",
                "setpts='PTS+floor(N/4)*0.13/TB'",
                "-fps_mode",
                "passthrough",
                "-c:v",
                "ffv1",
                in);
        List<Double> wanted = Ff.times(in, "v");
        for (String name : List.of("out.mp4", "out.mkv", "out.webm")) {
            Path out = folder.resolve(name);
            Run.process(in, out, "--quiet");
            List<Double> times = Ff.times(out, "v");
            assertEquals(wanted.size(), times.size());
            for (int i = 0; i < times.size(); i++) {
                assertEquals(wanted.get(i), times.get(i), 0.001, name + " frame " + i);
            }
        }
    }

    @Test
    void cutSizeAndRateAreAsAsked() {
        Path file = folder.resolve("a.mp4");
        Run.process("pattern:clock?size=320x192&frames=90", file, "--start", "1s", "--end", "2s", "--quiet");
        assertEquals(30, Ff.times(file, "v").size());
        Run.process(Run.HANDS, file, "--frames", "7", "--size", "200x120", "--force", "--quiet");
        assertEquals(7, Ff.times(file, "v").size());
        assertEquals("200,120", Ff.stream(file, "v", "width,height"));
        Path in = folder.resolve("in.mkv");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=160x96:r=30:d=2", "-c:v", "ffv1", in);
        Run.process(in, file, "--fps", "24", "--force", "--quiet");
        assertEquals(48, Ff.times(file, "v").size(), 1);
        assertEquals("24/1", Ff.stream(file, "v", "avg_frame_rate"));
    }

    @Test
    void existingFilesAreKeptWithoutForce() throws Exception {
        Path file = folder.resolve("kept.mp4");
        Files.writeString(file, "mine");
        Run.of("process", Run.HANDS, file).failed(6, "exists already", "--force");
        assertEquals("mine", Files.readString(file));
        Run.process(Run.HANDS, file, "--force", "--quiet");
        assertEquals(30, Ff.times(file, "v").size());
        assertEquals(List.of("kept.mp4"), Run.names(folder));
    }

    @Test
    void anExistingFileIsReplacedOnlyByAWholeOne() throws Exception {
        Path file = folder.resolve("kept.mp4");
        Files.writeString(file, "mine");
        Path broken = folder.resolve("broken.mp4");
        Files.writeString(broken, "no video at all");
        Run.of("process", broken, file, "--force").failed(3);
        assertEquals("mine", Files.readString(file));
        assertEquals(List.of("broken.mp4", "kept.mp4"), Run.names(folder));
    }

    @Test
    void nowhereIsAnOutput() {
        Run run = Run.process(Run.HANDS, "null:");
        assertTrue(run.err().contains("30 frames"), run.err());
    }
}
