package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.handsover.Ff;
import dev.handsover.Run;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Standard input and output, with other programs on both ends. */
class PipesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"yuv4mpegpipe,y4m:-,false", "matroska,-,true", "matroska,y4m:-,false", "yuv4mpegpipe,-,false"})
    void ffmpegBeforeAndAfter(String before, String place, boolean sound) throws Exception {
        Path result = folder.resolve("result.mkv");
        Path said = folder.resolve("said.txt");
        List<String> make = List.of(
                Ff.program(),
                "-v",
                "error",
                "-nostdin",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=160x96:r=25:d=2",
                "-f",
                "lavfi",
                "-i",
                "sine=d=2",
                "-c:v",
                before.equals("matroska") ? "ffv1" : "rawvideo",
                "-pix_fmt",
                "yuv420p",
                "-f",
                before,
                "-");
        List<String> take = List.of(
                Ff.program(), "-v", "error", "-y", "-i", "-", "-c:v", "ffv1", "-c:a", "copy", result.toString());
        List<Process> line = ProcessBuilder.startPipeline(List.of(
                new ProcessBuilder(make)
                        .redirectError(folder.resolve("make.txt").toFile()),
                new ProcessBuilder(Run.command(List.of(), "process", "-", place)).redirectError(said.toFile()),
                new ProcessBuilder(take)
                        .redirectError(folder.resolve("take.txt").toFile())
                        .redirectOutput(folder.resolve("taken.txt").toFile())));
        line.forEach(Run::await);
        assertEquals(List.of(0, 0, 0), line.stream().map(Process::exitValue).toList(), Files.readString(said));
        List<Double> times = Ff.times(result, "v");
        assertEquals(50, times.size());
        for (int i = 0; i < 50; i++) {
            assertEquals(i / 25.0, times.get(i), 0.0011);
        }
        assertEquals(sound, !Ff.stream(result, "a", "codec_name").isEmpty());
    }

    @Test
    void aReaderThatLeavesIsSaidInASentence() throws Exception {
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(
                        Run.command(List.of(), "process", "pattern:hands?size=320x192&frames=100000", "-", "--quiet"))
                .redirectError(said.toFile())
                .start();
        try (InputStream video = process.getInputStream()) {
            assertEquals(1000, video.readNBytes(1000).length);
        }
        Run.await(process);
        new Run(process.exitValue(), "", Files.readString(said)).failed(6, "standard output", "left");
    }

    @Test
    void aReaderThatStandsStillHoldsNobodyWhoWantsToLeave() throws Exception {
        Path said = folder.resolve("said.txt");
        Path beside = folder.resolve("beside.mkv");
        Process process = new ProcessBuilder(Run.command(
                        List.of(),
                        "process",
                        "pattern:hands?size=320x192&frames=100000",
                        "y4m:-",
                        "--output",
                        beside,
                        "--quiet"))
                .redirectError(said.toFile())
                .start();
        Run.until("the pipe is full", () -> waiting(process) > 50_000 || !process.isAlive());
        // Process.destroy would close our end of the pipe
        assertTrue(Run.works("kill", "-TERM", Long.toString(process.pid())), "the child has gone");
        Run.await(process);
        assertEquals(130, process.exitValue(), Files.readString(said));
        assertTrue(Files.readString(said).contains("its reader takes nothing more"), Files.readString(said));
        assertEquals(1, Files.readString(said).lines().count(), Files.readString(said));
        assertEquals(List.of("beside.mkv", "said.txt"), Run.names(folder));
        assertTrue(!Ff.times(beside, "v").isEmpty());
    }

    private static int waiting(Process process) {
        try {
            return process.getInputStream().available();
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    @Test
    void whatIsNoVideoOnStandardInputIsOneSentence() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "nothing moves here\n".repeat(100));
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(Run.command(List.of(), "process", "-", folder.resolve("out.mp4")))
                .redirectInput(text.toFile())
                .redirectError(said.toFile())
                .start();
        Run.await(process);
        new Run(process.exitValue(), "", Files.readString(said)).failed(3, "standard input");
        assertEquals(List.of("said.txt", "text"), Run.names(folder));
    }

    @Test
    void theObjectDoesNotMixWithVideo() throws IOException {
        Path video = folder.resolve("video.mkv");
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(Run.command(List.of(), "process", Run.HANDS, "-", "--json"))
                .redirectOutput(video.toFile())
                .redirectError(said.toFile())
                .start();
        Run.await(process);
        assertEquals(30, Ff.times(video, "v").size());
        var object = JsonParser.parseString(Files.readString(said)).getAsJsonObject();
        assertEquals(30, object.get("frames").getAsInt());
        assertTrue(object.get("outputs").getAsJsonArray().get(0).getAsString().equals("-"));
    }

    @Test
    void aStreamIsReadByAnotherProgramWhileItIsSent() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path taken = folder.resolve("taken.mkv");
        String address = "udp://127.0.0.1:" + port;
        Process reader = new ProcessBuilder(
                        Ff.program(),
                        "-v",
                        "error",
                        "-y",
                        "-nostdin",
                        "-i",
                        address,
                        "-frames:v",
                        "20",
                        "-c:v",
                        "ffv1",
                        taken.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("reader.txt").toFile())
                .start();
        Run run = Run.of(
                "live",
                "--source",
                "pattern:bars?size=160x96&fps=20",
                "--no-window",
                "--output",
                address,
                "--for",
                "12s",
                "--pictures",
                "200",
                "--quiet");
        assertEquals(0, run.code(), run.err());
        Run.await(reader);
        assertEquals(20, Ff.times(taken, "v").size(), Files.readString(folder.resolve("reader.txt")));
    }

    @Test
    void anAddressThatNobodyAnswersIsOneSentence() {
        Run.of("process", "pattern:bars?size=64x64&frames=3", "tcp://127.0.0.1:9")
                .failed(6, "tcp://127.0.0.1:9");
    }
}
