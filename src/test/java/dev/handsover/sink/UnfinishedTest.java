package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.Ff;
import dev.handsover.Run;
import dev.handsover.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that end before their source does: what was written until then is kept and can be played. */
class UnfinishedTest {
    /** Many minutes of work: whatever happens, happens midway. */
    private static final String ENDLESS = "pattern:hands?size=160x96&frames=1000000";

    @TempDir
    Path folder;

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    @ParameterizedTest
    @CsvSource({"INT,a.mp4", "TERM,a.mp4", "INT,a.mkv", "TERM,a.mov", "INT,a.webm"})
    void aSignalLeavesAPlayableFile(String signal, String name) throws Exception {
        Path file = folder.resolve(name);
        Path said = folder.resolve("said.txt");
        List<String> command = new ArrayList<>();
        if (Run.works("env", "--default-signal=INT", "true")) {
            // a shell in the background hands on that Ctrl-C is ignored
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(Run.command(List.of(), "process", ENDLESS, file, "--crf", "4"));
        Process process =
                new ProcessBuilder(command).redirectError(said.toFile()).start();
        Path part = folder.resolve(name + ".part");
        Run.until("there is some video", () -> size(part) > 30_000 || !process.isAlive());
        assertTrue(Run.works("kill", "-" + signal, Long.toString(process.pid())), "the child has gone");
        Run.await(process);
        assertEquals(130, process.exitValue(), Files.readString(said));
        assertTrue(Files.readString(said).contains("Interrupted"), Files.readString(said));
        assertEquals(List.of(name, "said.txt"), Run.names(folder));
        List<Double> times = Ff.times(file, "v");
        assertTrue(times.size() > 5, times.size() + " frames");
        assertEquals((times.size() - 1) / 30.0, times.getLast(), 0.002);
    }

    @Test
    void aSignalBetweenPicturesKeepsTheWholeOnes() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=40", in.resolve("p%04d.png"));
        Path out = folder.resolve("out");
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(Run.command(List.of(), "process", in, out + "/"))
                .redirectError(said.toFile())
                .start();
        Run.until("some pictures are there", () -> Files.exists(out.resolve("p0003.png")) || !process.isAlive());
        process.destroy();
        Run.await(process);
        assertEquals(130, process.exitValue(), Files.readString(said));
        List<String> names = Run.names(out);
        assertTrue(names.size() >= 3 && names.size() < 1000, names.size() + " pictures");
        for (String name : names) {
            assertEquals("png", Ff.stream(out.resolve(name), "v", "codec_name"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.mp4", "a.mov", "a.mkv", "a_%04d.png"})
    void aFullDiskIsSaidAndWhatFittedCanBePlayed(String name) throws Exception {
        try (SmallDisk disk = SmallDisk.in(folder, 400)) {
            Path small = disk.path();
            Run run = Run.of(
                    "process", "pattern:hands?size=320x192&frames=900", small.resolve(name), "--crf", "2", "--quiet");
            run.failed(6, "disk is full", "Free some space");
            if (name.contains("%")) {
                for (String whole : Run.names(small)) {
                    assertEquals("png", Ff.stream(small.resolve(whole), "v", "codec_name"), whole);
                }
                return;
            }
            assertEquals(List.of(name + ".part"), Run.names(small));
            assertTrue(run.err().contains(name + ".part"), run.err());
            Path copy = folder.resolve("copy." + Output.extension(name));
            Ff.mpeg("-err_detect", "ignore_err", "-i", small.resolve(name + ".part"), "-c:v", "ffv1", copy);
            int frames = Ff.times(copy, "v").size();
            assertTrue(frames > 20, "only " + frames + " frames can be played");
        }
    }

    @Test
    void aDiskThatWasFullBeforeGetsNoEmptyFile() throws Exception {
        try (SmallDisk disk = SmallDisk.in(folder, 40)) {
            Path small = disk.path();
            assertThrows(IOException.class, () -> Files.write(small.resolve("filler"), new byte[1 << 20]));
            Run.of("process", "pattern:hands?size=320x192&frames=60", small.resolve("a.mkv"), "--quiet")
                    .failed(6, "disk is full: nothing of", "Free some space");
            assertEquals(List.of("filler"), Run.names(small));
        }
    }

    @Test
    void oneFailingOutputDoesNotSpoilTheOther() throws Exception {
        try (SmallDisk disk = SmallDisk.in(folder, 200)) {
            Path small = disk.path();
            Path whole = folder.resolve("whole.mp4");
            String hands = "pattern:hands?size=320x192&frames=90";
            Run.of("process", hands, small.resolve("p_%02d.png"), "--output", whole, "--quiet")
                    .failed(6, "disk is full");
            assertEquals(90, Ff.times(whole, "v").size());
        }
    }

    @Test
    void aRunTellsProgramsWhatItDidAlthoughAnOutputFailed() throws Exception {
        try (SmallDisk disk = SmallDisk.in(folder, 200)) {
            String hands = "pattern:hands?size=320x192&frames=90";
            Path whole = folder.resolve("whole.mkv");
            Run run = Run.of("process", hands, disk.path().resolve("p_%02d.png"), "--output", whole, "--json");
            run.failed(6, "disk is full");
            assertEquals(
                    90,
                    JsonParser.parseString(run.out())
                            .getAsJsonObject()
                            .get("frames")
                            .getAsInt());
        }
    }

    @Test
    void aLiveRunTellsWhatItDidAlthoughAnOutputFailed() throws Exception {
        try (SmallDisk disk = SmallDisk.in(folder, 200)) {
            Path whole = folder.resolve("whole.mkv");
            Run run = Run.of(
                    "live",
                    "--source",
                    "pattern:hands?size=320x192&fps=10",
                    "--no-window",
                    "--output",
                    disk.path().resolve("p_%02d.png"),
                    "--output",
                    whole,
                    "--pictures",
                    "40",
                    "--json");
            run.failed(6, "disk is full");
            JsonObject told = JsonParser.parseString(run.out()).getAsJsonObject();
            assertEquals(40, told.get("pictures").getAsInt());
            assertEquals(2, told.getAsJsonArray("outputs").size());
            assertTrue(Ff.times(whole, "v").size() > 5);
        }
    }
}
