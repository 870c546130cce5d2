package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sound is copied where the container takes it, else re-encoded with a line that says so, and stays in its place. */
class SoundTest {
    private static final int RATE = 48_000;
    /** A millisecond, and what is lost by comparing sums of fractions: times in Matroska are whole milliseconds. */
    private static final double LIMIT_SECONDS = 0.00105;

    @TempDir
    Path folder;

    /** A tone of a fifth of a second that begins one second in, beside 25 frames a second. */
    private Path source(String name, String... codecs) {
        Path file = folder.resolve(name);
        List<Object> arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=2", "-f"));
        arguments.addAll(List.of("lavfi", "-i"));
        arguments.add(
                "aevalsrc='if(gte(t,1)*lt(t,1.2),0.7*sin(2*PI*1000*t),0)|if(gte(t,1)*lt(t,1.2),0.7*sin(2*PI*1000*t),0)'"
                        + ":s=48000:d=2");
        arguments.addAll(List.of((Object[]) codecs));
        arguments.add(file);
        Ff.mpeg(arguments.toArray());
        return file;
    }

    /** When the tone begins, seconds on the clock of the pictures: the first sample above a third of its height. */
    private static double onset(Path file, double videoStart) throws IOException {
        Path raw = Files.createTempFile("sound", ".raw");
        Ff.mpeg(
                "-copyts",
                "-i",
                file,
                "-map",
                "0:a:0",
                "-af",
                "aresample=" + RATE + ":async=1:first_pts=0",
                "-ac",
                "1",
                "-f",
                "f32le",
                raw);
        ByteBuffer samples = ByteBuffer.wrap(Files.readAllBytes(raw)).order(ByteOrder.LITTLE_ENDIAN);
        Files.delete(raw);
        for (int i = 0; i * 4 + 4 <= samples.limit(); i++) {
            if (Math.abs(samples.getFloat(i * 4)) > 0.23) {
                return (double) i / RATE - videoStart;
            }
        }
        throw new IllegalStateException("there is no tone in " + file);
    }

    private static double onset(Path file) throws IOException {
        return onset(file, Ff.times(file, "v").getFirst());
    }

    private static void assertSameTimes(Path wanted, Path file) {
        List<Double> a = Ff.times(wanted, "v");
        List<Double> b = Ff.times(file, "v");
        assertEquals(a.size(), b.size());
        for (int i = 0; i < a.size(); i++) {
            assertEquals(a.get(i) - a.getFirst(), b.get(i) - b.getFirst(), LIMIT_SECONDS, "frame " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mp4,aac,mp4",
        "mp4,aac,mov",
        "mp4,aac,mkv",
        "mkv,libopus,webm",
        "mkv,libopus,mp4",
        "webm,libopus,mkv",
        "mkv,vorbis,webm",
        "mkv,pcm_s16le,mkv",
        "mkv,pcm_s16le,mov",
        "mkv,flac,mp4",
        "mov,pcm_s16le,mov",
        "mp4,libmp3lame,mp4",
        "mkv,ac3,mp4",
        "ts,aac,ts"
    })
    void copied(String from, String codec, String to) throws Exception {
        String video = from.equals("webm") ? "libvpx-vp9" : from.equals("mkv") ? "ffv1" : "libopenh264";
        Path in = source("in." + from, "-c:v", video, "-c:a", codec, "-strict", "-2");
        Path out = folder.resolve("out." + to);
        Run run = Run.process(in, out);
        assertTrue(run.err().contains("sound copied"), run.err());
        assertEquals(Ff.stream(in, "a", "codec_name"), Ff.stream(out, "a", "codec_name"));
        assertEquals(onset(in), onset(out), LIMIT_SECONDS);
        assertSameTimes(in, out);
        assertEquals(packets(in), packets(out), 1, "packets of sound");
    }

    private static int packets(Path file) {
        return Integer.parseInt(
                Ff.probe(file, "-select_streams", "a:0", "-count_packets", "-show_entries", "stream=nb_read_packets")
                        .getFirst());
    }

    @ParameterizedTest
    @CsvSource({
        "mkv,vorbis,mp4,aac,AAC",
        "mkv,pcm_s16le,mp4,aac,AAC",
        "mp4,aac,webm,opus,Opus",
        "mkv,pcm_s24le,webm,opus,Opus",
        "mkv,flac,ts,aac,AAC"
    })
    void encodedAnewWhereTheContainerDoesNotTakeIt(String from, String codec, String to, String wanted, String named)
            throws Exception {
        Path in = source(
                "in." + from, "-c:v", from.equals("mp4") ? "libopenh264" : "ffv1", "-c:a", codec, "-strict", "-2");
        Path out = folder.resolve("out." + to);
        Run run = Run.process(in, out);
        assertEquals(wanted, Ff.stream(out, "a", "codec_name"));
        assertTrue(run.err().contains("re-encoded from") && run.err().contains("to " + named), run.err());
        assertEquals(onset(in), onset(out), LIMIT_SECONDS);
        assertSameTimes(in, out);
    }

    @Test
    void soundThatBeginsLateStaysLate() throws Exception {
        Path in = folder.resolve("late.mkv");
        Path video = source("whole.mkv", "-c:v", "ffv1", "-c:a", "pcm_s16le");
        Ff.mpeg("-i", video, "-itsoffset", "0.37", "-i", video, "-map", "0:v", "-map", "1:a", "-c", "copy", in);
        assertEquals(1.37, onset(in), 0.002);
        for (String name : List.of("copied.mkv", "anew.mp4", "anew.webm")) {
            Path out = folder.resolve(name);
            Run.process(in, out, "--quiet");
            assertEquals(onset(in), onset(out), LIMIT_SECONDS, name);
        }
    }

    @Test
    void whatComesAfterAGapStaysInItsPlace() throws Exception {
        Path in = source("in.mkv", "-c:v", "ffv1", "-c:a", "flac", "-af", "aselect='not(between(t,0.4,0.7))'");
        for (String name : List.of("copied.mkv", "anew.ts", "anew.webm")) {
            Path out = folder.resolve(name);
            Run.process(in, out, "--quiet");
            assertEquals(onset(in), onset(out), LIMIT_SECONDS, name);
        }
    }

    @Test
    void aCutMovesSoundAndPicturesAlike() throws Exception {
        Path in = source("in.mkv", "-c:v", "ffv1", "-c:a", "pcm_s16le");
        for (String name : List.of("copied.mkv", "anew.mp4")) {
            Path out = folder.resolve(name);
            Run.process(in, out, "--start", "0.48", "--end", "1.6", "--quiet");
            assertEquals(28, Ff.times(out, "v").size(), name);
            assertEquals(onset(in) - 0.48, onset(out), LIMIT_SECONDS, name);
        }
    }

    @Test
    void aCutKeepsTheSoundThatLiesBehindItsPictures() {
        // fragments of a second: all pictures of one, then its sound
        Path in = source(
                "in.mp4",
                "-c:v",
                "mpeg4",
                "-g",
                "25",
                "-bf",
                "0",
                "-c:a",
                "aac",
                "-movflags",
                "frag_keyframe+empty_moov");
        for (Object[] cut : List.of(new Object[] {"--end", "0.6"}, new Object[] {"--frames", "15"})) {
            Path out = folder.resolve(cut[0] + ".mp4");
            Run.process(in, out, cut[0], cut[1], "--quiet");
            assertEquals(15, Ff.times(out, "v").size());
            assertEquals(0.6, Ff.times(out, "a").getLast(), 0.05, (String) cut[0]);
        }
    }

    @Test
    void everyTrackIsKept() {
        Path in = folder.resolve("two.mkv");
        Path one = source("one.mkv", "-c:v", "ffv1", "-c:a", "pcm_s16le");
        Ff.mpeg(
                "-i", one, "-map", "0:v", "-map", "0:a", "-map", "0:a", "-c:v", "copy", "-c:a:0", "aac", "-c:a:1",
                "ac3", in);
        Path out = folder.resolve("out.mp4");
        Run.process(in, out, "--quiet");
        assertEquals(
                List.of("aac", "ac3"), Ff.probe(out, "-select_streams", "a", "-show_entries", "stream=codec_name"));
    }

    @Test
    void soundIsLeftOutWhenAsked() {
        Path in = source("in.mp4", "-c:a", "aac");
        Path out = folder.resolve("silent.mkv");
        Run run = Run.process(in, out, "--no-sound");
        assertEquals("", Ff.stream(out, "a", "codec_name"));
        assertFalse(run.err().contains("sound"), run.err());
        assertFalse(
                Run.process(in, "y4m:-", "--no-sound", "--frames", "1").err().contains("sound"));
    }

    @Test
    void outputsWithoutRoomForSoundSaySo() {
        Path in = source("in.mkv", "-c:v", "ffv1", "-c:a", "pcm_s16le");
        Path out = folder.resolve("out.y4m");
        Run run = Run.process(in, out);
        assertTrue(run.err().contains("carries no sound"), run.err());
        assertFalse(Ff.probe(out, "-show_entries", "stream=codec_type").contains("audio"));
    }
}
