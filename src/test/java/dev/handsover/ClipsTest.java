package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real recordings, when they are there: the folder {@code ../shared/clips} beside the project or the one that
 * {@code -Dhandsover.clips} names. A few seconds of each, or all with {@code -Dhandsover.clips.whole=true}.
 */
class ClipsTest {
    private static final double SYNC_SECONDS = 0.00105;
    private static final int FRAMES = 40;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> clips() throws IOException {
        Path home = Path.of(System.getProperty("handsover.home", "."))
                .toAbsolutePath()
                .normalize();
        Path clips = Path.of(System.getProperty(
                "handsover.clips",
                home.resolveSibling("shared").resolve("clips").toString()));
        assumeTrue(
                Files.isDirectory(clips),
                "there are no clips in " + clips + "; -Dhandsover.clips names another folder");
        try (Stream<Path> files = Files.list(clips)) {
            List<Path> videos = files.filter(f -> f.toString().matches(".*\\.(mp4|mkv|mov)"))
                    .sorted()
                    .toList();
            assertTrue(!videos.isEmpty(), clips + " holds no clips");
            return videos.stream()
                    .map(clip -> DynamicTest.dynamicTest(clip.getFileName().toString(), () -> check(clip)));
        }
    }

    private void check(Path clip) throws IOException {
        boolean whole = Boolean.getBoolean("handsover.clips.whole");
        Path out = folder.resolve("out.mp4");
        Run run = whole
                ? Run.process(clip, out, "--background", "color:navy", "--size", "320x180")
                : Run.process(clip, out, "--frames", FRAMES);
        List<Double> wanted = Ff.times(clip, "v");
        List<Double> times = Ff.times(out, "v");
        int frames = whole ? wanted.size() : Math.min(FRAMES, wanted.size());
        assertEquals(frames, times.size(), run.err());
        for (int i = 0; i < frames; i++) {
            assertEquals(
                    wanted.get(i) - wanted.getFirst(), times.get(i) - times.getFirst(), SYNC_SECONDS, "frame " + i);
        }
        if (!whole) {
            assertEquals(shown(clip), shown(out), "size as shown");
        } else {
            assertEquals(length(clip), length(out), 0.05, "length");
        }
        assertEquals(0, rotation(out), "pixels are upright");
        sound(clip, out, wanted.getFirst(), times.getFirst());
        Files.delete(out);
    }

    /** The distance of the first sound to the first picture is the same, and the sound is copied. */
    private static void sound(Path clip, Path out, double firstIn, double firstOut) {
        String codec = Ff.stream(clip, "a", "codec_name");
        assertEquals(codec, Ff.stream(out, "a", "codec_name"));
        if (!codec.isEmpty()) {
            List<Double> in = Ff.times(clip, "a");
            List<Double> kept = Ff.times(out, "a");
            assertTrue(!kept.isEmpty(), "the sound is empty");
            assertEquals(in.getFirst() - firstIn, kept.getFirst() - firstOut, SYNC_SECONDS, "sound");
        }
    }

    /** Width and height after rotation. */
    private static String shown(Path file) {
        String[] size = Ff.stream(file, "v", "width,height").split(",");
        return rotation(file) % 180 == 0 ? size[0] + "×" + size[1] : size[1] + "×" + size[0];
    }

    private static int rotation(Path file) {
        String tag = Ff.stream(file, "v", "side_data=rotation");
        List<String> lines = Ff.probe(file, "-select_streams", "v:0", "-show_entries", "stream_side_data=rotation");
        String found = lines.isEmpty() ? tag : lines.getFirst();
        return found.isEmpty() ? 0 : Math.abs(Integer.parseInt(found));
    }

    private static double length(Path file) {
        List<Double> times = Ff.times(file, "v");
        return times.getLast() - times.getFirst();
    }
}
