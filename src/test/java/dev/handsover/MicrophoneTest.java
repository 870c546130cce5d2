package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real sound server whose only microphone hears a tone. */
class MicrophoneTest {
    private static final int TONE = 440;

    @TempDir
    Path folder;

    private Process start(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(Path.of(command[0]).getFileName() + ".txt")
                        .toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    @Test
    void aRecordingHearsTheRoomAndLastsAsLongAsThePicture() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/pulseaudio")),
                "skipped: there is no sound server here (apt-get install pulseaudio)");
        Path socket = folder.resolve("pulse.socket");
        Map<String, String> environment = Map.of(
                "XDG_RUNTIME_DIR", folder.toString(), "HOME", folder.toString(), "PULSE_SERVER", "unix:" + socket);
        Process server = start(
                environment,
                "/usr/bin/pulseaudio",
                "-n",
                "--exit-idle-time=-1",
                "-L",
                "module-null-sink sink_name=room",
                "-L",
                "module-native-protocol-unix socket=" + socket);
        try {
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!Files.exists(socket) && System.nanoTime() < limit) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            Process tone = start(
                    environment,
                    Ff.program(),
                    "-v",
                    "error",
                    "-re",
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=f=" + TONE + ":d=60",
                    "-f",
                    "pulse",
                    "-device",
                    "room",
                    "tone");
            Path video = folder.resolve("lesson.mp4");
            Run run = Run.child(
                    environment,
                    List.of(),
                    "live",
                    "--source",
                    "pattern:bars?size=160x96",
                    "--no-window",
                    "--quiet",
                    "--microphone",
                    "pulse:room.monitor",
                    "--output",
                    video,
                    "--for",
                    "6s");
            tone.destroy();
            assertEquals(0, run.code(), run.err());
            assertSound(video);
        } finally {
            server.destroy();
            server.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private void assertSound(Path video) throws Exception {
        double picture = duration(video, "v");
        double sound = duration(video, "a");
        assertTrue(
                picture > 4 && Math.abs(picture - sound) < 0.25, picture + " s of pictures, " + sound + " s of sound");
        Path raw = folder.resolve("sound.raw");
        Ff.mpeg("-ss", "2", "-t", "2", "-i", video, "-vn", "-ac", "1", "-ar", "8000", "-f", "s16le", raw);
        ByteBuffer samples = ByteBuffer.wrap(Files.readAllBytes(raw)).order(ByteOrder.LITTLE_ENDIAN);
        int crossings = 0;
        int count = samples.remaining() / 2;
        for (int i = 1; i < count; i++) {
            crossings += samples.getShort(2 * i - 2) < 0 && samples.getShort(2 * i) >= 0 ? 1 : 0;
        }
        assertEquals(TONE, crossings * 8000.0 / count, 4, "the tone without holes");
    }

    private static double duration(Path video, String kind) {
        return Double.parseDouble(Ff.probe(video, "-select_streams", kind, "-show_entries", "stream=duration")
                .getFirst()
                .replace(",", ""));
    }
}
