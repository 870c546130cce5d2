package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.composite.Look;
import dev.handsover.segment.resident.Ladder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A live run on the graphics device keeps the promises of one on the processor: no room, no gap, steps down and up. */
@Timeout(240)
class LiveResidentTest extends BeforeACamera {
    private static final int FPS = 10;
    private static final int PIXELS = 65_536;

    LiveResidentTest() {
        super(FPS);
    }

    private Live live(String network, int pixels, boolean budget, int networkEvery) {
        Settings host = settings(network, pixels);
        return new Live(
                host.with(host.model(), new Settings.Tuning(Settings.CompositorChoice.RESIDENT, 0, 1, networkEvery)),
                options(budget),
                watcher);
    }

    private String tier() {
        return Objects.requireNonNull(watcher.status.get()).tier();
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "hangs", "everything"})
    void aNetworkThatFailsShowsTheBackgroundAndComesBack(String network) throws Exception {
        Live live = live(network, 0, false, 1);
        start(live);
        awaitHands(5);
        assertTrue(tier().startsWith("gl+cpu: "), tier());
        camera.mood(FakeCamera.Mood.RED_ROOM);
        awaitCards(5);
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(5);
        Live.Summary summary = ended(live);
        assertEquals(0, leaks.get(), "samples of the room");
        assertFalse(summary.faults().isEmpty());
        assertTrue(summary.cards() >= 5);
        assertTrue(summary.tier().startsWith("gl+cpu: "), summary.tier());
        List<Ladder.Fall> tiers = summary.tiers();
        assertEquals(new Ladder.Fall("gl+cpu", ""), tiers.getLast());
        assertEquals("resident-tensorrt", tiers.getFirst().tier());
        assertFalse(tiers.getFirst().reason().isEmpty(), "why it was refused");
    }

    @Test
    void aSilentCameraGivesCards() throws Exception {
        Live live = live("throws", 0, false, 1);
        start(live);
        awaitHands(5);
        camera.mood(FakeCamera.Mood.SILENT);
        await(() -> FakeCamera.WHY.equals(watcher.trouble()), "the camera's word");
        awaitCards(5);
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(5);
        assertEquals(1, ended(live).faults().get(FakeCamera.WHY));
        assertEquals(0, leaks.get(), "samples of the room");
    }

    @Test
    void lookAndNetworkAreChangedBetweenTwoPictures() throws Exception {
        Live live = live("throws", 0, false, 1);
        start(live);
        awaitHands(5);
        int dark = backgroundBlue.get();
        live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Color(0x0000FF)), s.layers()));
        await(() -> backgroundBlue.get() > dark + 20, "the other background");
        live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Blur(10)), s.layers()));
        await(() -> backgroundBlue.get() > 0 && leaks.get() > 0, "the blurred room");
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
        String everything = NETWORKS.resolve("everything.json").toString();
        live.change(s -> s.with(new Settings.ModelChoice(everything, List.of(), PIXELS), s.tuning()));
        await(() -> tier().contains("network 336×192"), "the other network");
        awaitHands(5);
        assertTrue(ended(live).tier().startsWith("gl+cpu: "));
    }

    @Test
    void itStepsDownAsOnTheProcessor() throws Exception {
        Live live = live("slow", PIXELS, true, 1);
        start(live);
        awaitHands(5);
        assertTrue(tier().contains("for every frame, all else"), tier());
        camera.mood(FakeCamera.Mood.RED_ROOM);
        await(() -> watcher.notes.stream().anyMatch(n -> n.contains("36 %")), "the second step down");
        await(() -> tier().contains("for one frame of 2 (its mask carried along), all else"), "the third step down");
        await(() -> watcher.notes.stream().anyMatch(n -> n.contains("half the pictures")), "the last step down");
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(3);
        ended(live);
        assertEquals(0, leaks.get(), "samples of the room");
    }
}
