package dev.handsover.segment.resident;

import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * Ways to do the same thing, best first. Each is tried for real; the first that proves itself stands, and why the better ones
 * do not is kept in plain words.
 *
 * @param standing what was opened
 * @param tier its name
 * @param passed the better ones, best first
 */
public record Ladder<T>(T standing, String tier, List<Fall> passed) {
    public Ladder {
        passed = List.copyOf(passed);
    }

    /** All tiers that were looked at, best first; the last one stands, and has no reason. */
    public List<Fall> tiers() {
        List<Fall> all = new ArrayList<>(passed);
        all.add(new Fall(tier, ""));
        return all;
    }

    /** The same with tiers that were passed before. */
    public Ladder<T> after(List<Fall> before) {
        List<Fall> all = new ArrayList<>(before);
        all.addAll(passed);
        return new Ladder<>(standing, tier, all);
    }

    /** A tier that does not work here, and why, in one plain sentence; of the one that stands the reason is empty. */
    public record Fall(String tier, String reason) {
        @Override
        public String toString() {
            return tier + ": " + reason;
        }
    }

    /** One way: its name, and what opens and proves it. */
    public record Rung<T>(String tier, Attempt<T> attempt) {}

    /** Opens and proves; leaves nothing open when it throws. */
    @FunctionalInterface
    public interface Attempt<T> {
        T open() throws Refusal;
    }

    /**
     * Climbs down from the best.
     *
     * @throws Refusal with all reasons when none stands
     */
    public static <T> Ladder<T> climb(List<Rung<T>> rungs) throws Refusal {
        return climb(rungs, "", passed -> {
            throw new Refusal(told(passed));
        });
    }

    /** What stands when nothing better does. */
    @FunctionalInterface
    public interface Ground<T> {
        T open(List<Fall> passed) throws Refusal;
    }

    /**
     * Climbs down from the best to the ground, which is told why the others do not stand.
     *
     * @param ground its name
     */
    public static <T> Ladder<T> climb(List<Rung<T>> rungs, String ground, Ground<T> last) throws Refusal {
        List<Fall> passed = new ArrayList<>();
        for (Rung<T> rung : rungs) {
            try {
                return new Ladder<>(rung.attempt().open(), rung.tier(), passed);
            } catch (Refusal e) {
                passed.add(new Fall(rung.tier(), e.sentence()));
            }
        }
        return new Ladder<>(last.open(passed), ground, passed);
    }

    /** Reasons in one line; tiers with the same reason share it. */
    public static String told(List<Fall> passed) {
        List<String> said = new ArrayList<>();
        for (String reason : passed.stream().map(Fall::reason).distinct().toList()) {
            List<String> tiers = passed.stream()
                    .filter(fall -> fall.reason().equals(reason))
                    .map(Fall::tier)
                    .toList();
            said.add("no " + String.join(", ", tiers) + ": " + reason);
        }
        return String.join("; ", said);
    }
}
