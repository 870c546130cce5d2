package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.composite.Look;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails, a live run goes on and shows no room; and what is asked of it while it runs is done. */
class LiveTest extends BeforeACamera {
    private static final int FPS = 30;

    @TempDir
    Path folder;

    LiveTest() {
        super(FPS);
    }

    private Live live(String network) {
        return new Live(settings(network, 0), options(false), watcher);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "hangs", "everything"})
    void aNetworkThatFailsShowsTheBackgroundAndComesBack(String network) throws Exception {
        Live live = live(network);
        start(live);
        awaitHands(10);
        camera.mood(FakeCamera.Mood.RED_ROOM);
        awaitCards(8);
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(10);
        Live.Summary summary = ended(live);
        assertEquals(0, leaks.get(), "samples of the room");
        assertFalse(summary.faults().isEmpty());
        assertTrue(summary.cards() >= 8);
    }

    @Test
    void aSilentCameraKeepsTheOutputsAlive() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        camera.mood(FakeCamera.Mood.SILENT);
        await(() -> FakeCamera.WHY.equals(watcher.trouble()), "the camera's word");
        int from = pictures.get();
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(2);
        double rate = (pictures.get() - from) * 1e9 / (System.nanoTime() - start);
        assertTrue(rate > FPS / 2.0 && rate < FPS * 1.2, "cards at " + rate + " a second");
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(5);
        await(() -> watcher.trouble() == null, "the end of the trouble");
        Live.Summary summary = ended(live);
        assertEquals(0, leaks.get(), "samples of the room");
        assertEquals(1, summary.faults().get(FakeCamera.WHY));
    }

    @Test
    void aLookIsChangedBetweenTwoPictures() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        int dark = backgroundBlue.get();
        live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Color(0x0000FF)), s.layers()));
        await(() -> backgroundBlue.get() > dark + 20, "the other background");
        live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Blur(10)), s.layers()));
        awaitHands(5);
        camera.mood(FakeCamera.Mood.SILENT);
        awaitCards(3);
        int during = leaks.get();
        awaitCards(5);
        assertEquals(during, leaks.get(), "a card over a blurred room shows nothing of the room");
        camera.mood(FakeCamera.Mood.WELL);
        live.change(s -> s.with(new Settings.ModelChoice("nothing.json", List.of(), 0), s.tuning()));
        await(
                () -> watcher.notes.stream().anyMatch(n -> n.contains("nothing.json")),
                "a word about the missing network");
        awaitHands(5);
        assertEquals(0, ended(live).steps().size());
    }

    /** Keys come faster than encoders open. */
    @Test
    void recordingsThatEndBeforeTheyBeginLeaveNothingUnfinished() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(2);
        Path second = folder.resolve("second.mkv");
        live.record(folder.resolve("first.mkv"));
        live.record(folder.resolve("first.mkv"));
        live.record(second);
        await(watcher::recording, "the recording");
        awaitHands(3);
        live.record(second);
        live.record(folder.resolve("third.mkv"));
        ended(live);
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            assertTrue(names.contains("second.mkv"), names.toString());
            assertTrue(names.stream().noneMatch(n -> n.endsWith(".part") || n.endsWith(".reserve")), names.toString());
        }
        assertTrue(watcher.notes.stream().noneMatch(n -> n.contains("null")), watcher.notes.toString());
    }

    @Test
    void recordingsAndSnapshotsComeAndGo() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        Path video = folder.resolve("lesson.mkv");
        Path picture = folder.resolve("moment.png");
        long asked = System.nanoTime();
        live.record(video);
        await(watcher::recording, "the recording");
        awaitHands(30);
        double within = (System.nanoTime() - asked) / 1e9;
        live.snapshot(picture);
        live.record(video);
        await(() -> Files.exists(video) && Files.exists(picture), "both files");
        awaitHands(3);
        ended(live);
        List<String> times = Ff.probe(video, "-show_entries", "frame=pts_time", "-select_streams", "v");
        assertTrue(times.size() >= 20, times.size() + " frames");
        assertTrue(Double.parseDouble(times.getFirst().replace(",", "")) < within, times.getFirst());
        assertEquals(0, leaks.get());
    }

    @Test
    void theRoomIsShownToTheViewerAloneAndOnlyWhenAsked() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        assertEquals(0, watcher.rawShown.get());
        watcher.raw = true;
        await(() -> watcher.rawShown.get() > 3, "the room in the window");
        watcher.raw = false;
        awaitHands(5);
        ended(live);
        assertEquals(0, leaks.get(), "samples of the room in the outputs");
    }

    @Test
    void aCameraThatBreaksForGoodEndsTheRunWithWholeOutputs() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        camera.mood(FakeCamera.Mood.BROKEN);
        assertThrows(ExecutionException.class, () -> running().get(LIMIT_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, leaks.get());
    }

    @Test
    void framesOfALiveSourceCountWhenTheyAreWritten() {
        // far more frames than anything can draw: most are lost, and none of those counts
        Run run = Run.process("pattern:hands?size=320x192&fps=1000&live=1", "null:", "--frames", 40, "--json");
        JsonObject object = JsonParser.parseString(run.out()).getAsJsonObject();
        assertEquals(40, object.get("frames").getAsInt());
    }
}
