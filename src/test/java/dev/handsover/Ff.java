package dev.handsover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.ffmpeg.ffprobe;
import org.bytedeco.javacpp.Loader;

/** The programs ffmpeg and ffprobe that come with the presets: they make the tests' inputs and judge the outputs. */
public final class Ff {
    private static final long LIMIT_SECONDS = 90;

    private Ff() {}

    public static String program() {
        return Loader.load(ffmpeg.class);
    }

    /** Runs ffmpeg; its words are the failure's. */
    public static void mpeg(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(program(), "-v", "error", "-y", "-nostdin"));
        for (Object each : arguments) {
            command.add(each.toString());
        }
        run(command);
    }

    /** One line a stream or frame, values with commas between. */
    public static List<String> probe(Path file, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(Loader.load(ffprobe.class), "-v", "error", "-of", "csv=p=0"));
        for (Object each : arguments) {
            command.add(each.toString());
        }
        command.add(file.toString());
        return run(command)
                .lines()
                .map(line -> line.replaceAll(",+$", ""))
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** {@code entry} of the first stream of a kind, {@code v} or {@code a}. */
    public static String stream(Path file, String kind, String entry) {
        List<String> lines = probe(file, "-select_streams", kind + ":0", "-show_entries", "stream=" + entry);
        return lines.isEmpty() ? "" : lines.getFirst();
    }

    /** Presentation times of all frames in seconds. */
    public static List<Double> times(Path file, String kind) {
        return probe(file, "-select_streams", kind + ":0", "-show_entries", "frame=best_effort_timestamp_time").stream()
                .map(line -> line.split(",")[0])
                .map(Double::valueOf)
                .sorted()
                .toList();
    }

    /** Raw bytes of every frame after a filter that ends with a pixel format. */
    public static byte[] raw(Path file, String filter) throws IOException {
        Path out = Files.createTempFile("raw", ".bin");
        try {
            mpeg("-i", file, "-fps_mode", "passthrough", "-vf", filter, "-f", "rawvideo", out);
            return Files.readAllBytes(out);
        } finally {
            Files.deleteIfExists(out);
        }
    }

    private static String run(List<String> command) {
        try {
            Path said = Files.createTempFile("ff", ".txt");
            Path complained = Files.createTempFile("ff", ".err");
            Process process = new ProcessBuilder(command)
                    .redirectError(complained.toFile())
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("too slow: " + command);
            }
            String text = Files.readString(said);
            String complaints = Files.readString(complained);
            Files.delete(said);
            Files.delete(complained);
            if (process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + "\n" + complaints);
            }
            return text;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
