package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A live run that cannot keep up: a network that takes longer than a frame lasts as long as the room is red, and other processes
 * that want the whole machine. What is asserted holds on a slow and on a busy machine too.
 */
@Timeout(240)
class LiveBudgetTest extends BeforeACamera {
    private static final int FPS = 10;
    /** Large enough that both smaller inputs are to be had. */
    private static final int PIXELS = 65_536;

    /** Down, up again when there is room, and one climb that was too early. */
    private static final int MOST_TURNS = 3;

    private static final List<String> SAID = List.of("The computer cannot keep up: ", "There is room again: ");
    private static final List<String> ORDER = List.of(
            "as set",
            "coarser edges (60 %)",
            "coarser edges (36 %)",
            "hands looked for in every second picture",
            "half the pictures");

    LiveBudgetTest() {
        super(FPS);
    }

    /** The steps in the order in which they were taken, as places in {@link #ORDER}. */
    private List<Integer> steps() {
        List<Integer> steps = new ArrayList<>(List.of(0));
        watcher.notes.stream()
                .filter(note -> SAID.stream().anyMatch(note::startsWith))
                .map(note -> ORDER.indexOf(note.substring(note.indexOf(": ") + 2, note.length() - 1)))
                .forEach(steps::add);
        return steps;
    }

    /** Each step goes to a neighbour, and few of them turn back. */
    private void assertSteady() {
        List<Integer> steps = steps();
        int turns = 0;
        for (int i = 1; i < steps.size(); i++) {
            int way = steps.get(i) - steps.get(i - 1);
            assertEquals(1, Math.abs(way), "from step to step: " + steps);
            turns += i > 1 && way != steps.get(i - 1) - steps.get(i - 2) ? 1 : 0;
        }
        assertTrue(turns <= MOST_TURNS, "it swings to and fro: " + steps);
    }

    private boolean climbed() {
        List<Integer> steps = steps();
        return steps.size() > 1 && steps.getLast() < steps.get(steps.size() - 2);
    }

    @Test
    void aNetworkThatTakesTooLongIsSteppedDownFromAndClimbedBackTo() throws Exception {
        Live live = new Live(settings("slow", PIXELS), options(true), watcher);
        start(live);
        awaitHands(5);
        camera.mood(FakeCamera.Mood.RED_ROOM);
        await(() -> steps().size() > 1, "a step down");
        assertEquals(1, steps().get(1), "the first step");
        camera.mood(FakeCamera.Mood.WELL);
        await(this::climbed, "a step back up");
        assertSteady();
        Live.Summary summary = ended(live);
        int taken = summary.steps().values().stream().mapToInt(n -> n).sum();
        assertTrue(taken >= 2, "as summed up: " + summary.steps());
        assertEquals(0, leaks.get(), "samples of the room");
    }

    @Test
    void processesThatWantTheWholeMachineDoNotMakeItSwing() throws Exception {
        Live live = new Live(settings("slow", PIXELS), options(true), watcher);
        start(live);
        awaitHands(5);
        List<Process> hogs = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                hogs.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            awaitHands(8 * FPS);
        } finally {
            hogs.forEach(Process::destroyForcibly);
        }
        awaitHands(4 * FPS);
        assertSteady();
        assertFalse(ended(live).faults().containsKey("Cutting out the hands failed; it is started anew."));
        assertEquals(0, leaks.get(), "samples of the room");
    }
}
