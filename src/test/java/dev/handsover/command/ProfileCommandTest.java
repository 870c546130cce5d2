package dev.handsover.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.Ff;
import dev.handsover.Run;
import dev.handsover.profile.TraceEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user has it; nothing here depends on how fast the machine is. */
class ProfileCommandTest {
    private static final String SOURCE = "pattern:bars?size=320x192&frames=60";

    @TempDir
    Path folder;

    private static Run profile(Object... words) {
        List<Object> all = new ArrayList<>(List.of("profile"));
        all.addAll(List.of(words));
        Run run = Run.of(all.toArray());
        assertEquals(0, run.code(), run.err());
        return run;
    }

    private static JsonObject object(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    @Test
    void everyFormIsWrittenAndTheyAgree() throws IOException {
        Path json = folder.resolve("a.json");
        Path jfr = folder.resolve("a.jfr");
        Path trace = folder.resolve("a.trace");
        Path page = folder.resolve("a.html");
        profile(
                "--source",
                SOURCE,
                "--frames",
                60,
                "--output",
                folder.resolve("a.mkv"),
                "--json",
                json,
                "--jfr",
                jfr,
                "--trace",
                trace,
                "--report",
                page);
        JsonObject object = object(json);
        int frames = object.get("frames").getAsInt();
        assertEquals(60, frames + object.getAsJsonObject("warmUp").get("frames").getAsInt());
        JsonObject stages = object.getAsJsonObject("stages");
        for (String stage :
                List.of("paint", "preprocess", "network", "temporal", "matte", "composite", "encode", "engine")) {
            assertEquals(frames, stages.getAsJsonObject(stage).get("count").getAsInt(), stage);
        }
        assertEquals(0, object.get("spansMissed").getAsInt());
        long told = 0;
        for (RecordedEvent event : RecordingFile.readAllEvents(jfr)) {
            told += event.getEventType().getName().equals("handsover.Frame") ? 1 : 0;
        }
        assertEquals(60, told);
        assertTrue(Files.readString(page).startsWith("<!doctype html>"));
        assertTrue(TraceEvents.check(Files.readString(trace)) >= 60 * 7);
    }

    @Test
    void aTraceOfALiveRunCanBeDrawn() throws IOException {
        Path trace = folder.resolve("live.trace");
        profile("--source", "pattern:clock?size=320x192", "--live", "--frames", 40, "--trace", trace);
        assertTrue(TraceEvents.check(Files.readString(trace)) >= 40);
    }

    /** What is tried for an explanation leaves the recording of the run as it was, and nothing beside it. */
    @Test
    void anOutputIsThatOfTheRunItself() throws IOException {
        Path video = folder.resolve("a.mkv");
        profile("--source", SOURCE, "--frames", 40, "--output", video, "--explain");
        assertEquals(40, Ff.times(video, "v").size());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(video), files.toList());
        }
    }

    @Test
    void comparingNeedsTheSameMachineAndSettings() throws IOException {
        Path a = folder.resolve("a.json");
        Path b = folder.resolve("b.json");
        profile("--source", SOURCE, "--frames", 60, "--json", a);
        JsonObject other = object(a);
        other.getAsJsonObject("settings").addProperty("source", "elsewhere");
        Files.writeString(b, other.toString());
        Run.of("profile", "--compare", a, b).failed(2, "cannot be compared fairly", "--anyway");
        Run run = Run.of("profile", "--compare", a, b, "--anyway");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("network"), run.out());
        JsonObject slow = object(a);
        slow.getAsJsonObject("stages").entrySet().forEach(each -> {
            var blocks = each.getValue().getAsJsonObject().getAsJsonArray("blockMedians");
            for (int i = 0; i < blocks.size(); i++) {
                blocks.set(
                        i,
                        new com.google.gson.JsonPrimitive(
                                100 + 9 * blocks.get(i).getAsDouble()));
            }
        });
        Files.writeString(b, slow.toString());
        assertEquals(1, Run.of("profile", "--compare", a, b).code());
        assertEquals(0, Run.of("profile", "--compare", b, a).code());
        Files.writeString(b, "{}");
        Run.of("profile", "--compare", a, b).failed(3, "no profile");
    }

    @Test
    void lossesOfARecordingAreCountedExactly() throws IOException {
        Path whole = folder.resolve("whole.mkv");
        Path some = folder.resolve("some.mkv");
        Path json = folder.resolve("glass.json");
        Run.process("pattern:clock?size=640x360&frames=60", whole, "--background", "blur:2");
        profile("--glass", whole, "--json", json);
        JsonObject all = object(json);
        assertEquals(60, all.get("seen").getAsInt());
        assertEquals(
                0,
                all.get("lost").getAsInt()
                        + all.get("twice").getAsInt()
                        + all.get("backwards").getAsInt());
        // half the size, hard coded, without frames 10 to 12 and 40
        Ff.mpeg(
                "-i",
                whole,
                "-vf",
                "select='not(between(n,10,12)+eq(n,40))',scale=320:180",
                "-fps_mode",
                "passthrough",
                "-c:v",
                "mpeg4",
                "-q:v",
                "12",
                some);
        profile("--glass", some, "--json", json);
        JsonObject fewer = object(json);
        assertEquals(56, fewer.get("seen").getAsInt());
        assertEquals(4, fewer.get("lost").getAsInt());
        assertEquals(0, fewer.get("twice").getAsInt() + fewer.get("backwards").getAsInt());
        Path bars = folder.resolve("bars.mkv");
        Run.process("pattern:bars?size=320x180&frames=5", bars, "--background", "color:red");
        Run.of("profile", "--glass", bars).failed(3, "No code");
    }

    @Test
    void aSignalInATrialLeavesNothingOfIt() throws IOException {
        Process process = new ProcessBuilder(Run.command(
                        List.of(),
                        "profile",
                        "--source",
                        "pattern:hands?size=160x96&frames=20000",
                        "--frames",
                        20_000,
                        "--output",
                        folder.resolve("out.mkv"),
                        "--sweep",
                        "workers=1,2"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said.txt").toFile())
                .start();
        Run.until("a trial writes", () -> trials() > 1 || !process.isAlive());
        assertTrue(process.isAlive(), Files.readString(folder.resolve("said.txt")));
        process.destroy();
        Run.await(process);
        assertEquals(130, process.exitValue());
        assertEquals(List.of("said.txt"), Run.names(folder));
    }

    /** How many files and folders there are of trials. */
    private long trials() {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(each -> each.toString().contains(".handsover-trial-")
                                    && each.toString().endsWith(".part")
                            || each.getFileName().toString().startsWith(".handsover-trial-"))
                    .count();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // it is just being made
        }
    }

    @Test
    void theGlassAndOurOwnMarksAgree() throws IOException {
        Path json = folder.resolve("glass.json");
        profile("--glass", "here", "--source", "pattern:clock?size=640x360&live=1", "--frames", 60, "--json", json);
        JsonObject seen = object(json);
        assertEquals(0, seen.get("twice").getAsInt() + seen.get("backwards").getAsInt());
        assertTrue(seen.get("aged").getAsInt() > 10, seen.toString());
        double apart = seen.get("p50").getAsDouble() - seen.get("ownP50").getAsDouble();
        assertTrue(Math.abs(apart) <= 2 + 1000.0 / 30, seen.toString());
    }

    @Test
    void theClockOfTheGlassGoesByTheClock() throws IOException {
        Path json = folder.resolve("glass.json");
        profile("--glass", "here", "--source", "pattern:clock?size=320x192", "--frames", 30, "--json", json);
        assertTrue(object(json).get("aged").getAsInt() > 5, Files.readString(json));
    }

    @Test
    void whatDoesNotGoTogetherIsSaid() {
        Run.of("profile", "--source", SOURCE, "--overhead", "--json", "x")
                .failed(2, "--json does not go with --overhead");
        Run.of("profile", "--source", SOURCE, "--sweep", "threads=1", "--trace", "x")
                .failed(2, "--trace does not go with --sweep");
        Run.of("profile", "--source", SOURCE, "--data", folder).failed(2, "--data does not go without --sweep");
        Run.of("profile", "--glass", "here", "--report", "x").failed(2, "--report does not go with --glass");
        Run.of("profile", "--glass", "here", "--source", SOURCE).failed(2, "takes a pattern:clock");
        Run.of("profile", "--source", SOURCE, "--overhead", "--live").failed(2, "waits for no clock");
        Run.of("profile", "--source", SOURCE, "--report", folder).failed(6, "is a folder");
        Run.of("profile", "--source", SOURCE, "--trace", folder.resolve("no/x")).failed(6, "There is no folder");
    }

    @Test
    void wrongWordsAreSaid() {
        Run.of("profile", "--frames", "5").failed(2, "--frames");
        Run.of("profile", "--source", SOURCE, "--sweep", "colour=red").failed(2, "cannot be swept");
        Run.of("profile", "--source", SOURCE, "--sweep", "threads").failed(2, "no part of a sweep");
        Run.of("profile", "--source", SOURCE, "--sweep", "threads=a").failed(2, "no number");
    }

    @Test
    void aSweepRunsEveryCombination() throws IOException {
        Path page = folder.resolve("sweep.html");
        Run run = profile(
                "--source", SOURCE, "--frames", 40, "--report", page, "--sweep", "threads=1,2", "size=15360,30720");
        for (String point : List.of(
                "threads=1 size=15360", "threads=1 size=30720", "threads=2 size=15360", "threads=2 size=30720")) {
            assertTrue(run.out().contains(point), run.out());
            assertTrue(Files.readString(page).contains(point));
        }
    }

    @Test
    void whatLimitsIsSaidInWords() {
        Run run = profile("--source", SOURCE, "--frames", 40, "--explain", "--model-pixels", 15360);
        for (String words : List.of("What limits is ", "The floor here is ", "ms of work on a frame")) {
            assertTrue(run.out().contains(words), run.out());
        }
    }

    @Test
    void measuringAllocatesNothing() {
        Run run = profile("--source", "pattern:bars?size=64x64&frames=200", "--frames", 200, "--overhead");
        assertTrue(run.out().contains(", 0 bytes of the heap"), run.out());
        assertTrue(run.out().contains("ratio"), run.out());
    }
}
