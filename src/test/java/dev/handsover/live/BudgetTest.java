package dev.handsover.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The budget of a simulated machine: the age of a picture is what the step costs, with some noise. */
class BudgetTest {
    private static final long INTERVAL = 33_000_000;
    private static final double[] COST = {1, 0.65, 0.45, 0.3, 0.15};

    private final Budget budget = new Budget(COST.length - 1, INTERVAL);
    private final Random random = new Random(1);
    private final List<Integer> changes = new ArrayList<>();
    private long now = 1;

    /** Runs at 30 frames a second while full cost is so many intervals; returns how often the step changed. */
    private int run(double seconds, double load) {
        int before = changes.size();
        for (int i = 0; i < seconds * 30; i++) {
            now += INTERVAL;
            double age = load * COST[budget.step()] * (0.9 + 0.15 * random.nextDouble());
            int step = budget.step();
            if (budget.observe(now, (long) (age * INTERVAL), 0) != step) {
                changes.add(budget.step());
            }
        }
        return changes.size() - before;
    }

    @Test
    void aFastMachineStaysAsSet() {
        assertEquals(0, run(600, 0.5));
    }

    @Test
    void aSlowMachineStepsDownOneByOneUntilItKeepsUp() {
        run(60, 2.5);
        assertEquals(List.of(1, 2, 3), changes.subList(0, 3));
        assertTrue(2.5 * COST[budget.step()] < 1);
    }

    @Test
    void aMachineThatIsFreeAgainClimbsBack() {
        run(60, 2.5);
        run(120, 0.4);
        assertEquals(0, budget.step());
    }

    /** Something else wanted the machine for 20 s: a minute and a half later all is as set. */
    @Test
    void afterAShortNeedOfSomethingElseItIsBackSoon() {
        run(30, 0.5);
        run(20, 6);
        assertEquals(COST.length - 1, budget.step());
        run(90, 0.5);
        assertEquals(0, budget.step());
    }

    /** As set it would take 0.97 of the interval, and a step below 0.63: too much to be sure that there is room. */
    @Test
    void whereRoomIsNotSureItTriesInTheEnd() {
        run(30, 6);
        run(360, 0.93);
        assertEquals(0, budget.step());
    }

    @Test
    void itNeverSwingsToAndFro() {
        // the upper step is just too much, the lower one looks as if there were room: the trap of such controllers
        run(60, 1.0 / 0.95 / COST[0]);
        int inTenMinutes = run(600, 0.89 / 0.65);
        assertTrue(inTenMinutes <= 12, inTenMinutes + " changes in ten minutes");
        int later = run(600, 0.89 / 0.65);
        assertTrue(later <= 12, later + " changes in the next ten");
    }

    @Test
    void aStutterIsNoReason() {
        for (int second = 0; second < 60; second++) {
            run(1, 0.5);
            now += INTERVAL;
            budget.observe(now, 5 * INTERVAL, 0);
        }
        assertEquals(0, budget.step());
    }

    /** Where decisions rest on few pictures, one that was late must not undo a step back up. */
    @Test
    void aStutterEveryFewSecondsDoesNotKeepItDown() {
        run(20, 6);
        for (int second = 0; second < 120; second++) {
            run(1, 0.4);
            if (second % 4 == 0) {
                now += INTERVAL;
                budget.observe(now, 5 * INTERVAL, 0);
            }
        }
        assertEquals(0, budget.step());
    }

    @Test
    void framesThatAreReplacedUnseenCountToo() {
        long lost = 0;
        for (int i = 0; i < 30 * 20; i++) {
            now += INTERVAL;
            lost += i % 3 == 0 ? 1 : 0;
            budget.observe(now, INTERVAL / 2, lost);
        }
        assertTrue(budget.step() >= 1);
    }
}
