package dev.handsover.profile;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Two profiles side by side, stage by stage: the ratio of their times, with the interval in which it lies in 95 of 100 cases when
 * the blocks of either run are drawn anew (bootstrap). Several runs of one build may stand together, the blocks of all then count;
 * where both builds have as many runs, {@link #PAIRS} or more, the k-th of each make a pair, the ratios of the pairs are what is drawn
 * anew, and so what differs from run to run, beyond what differs within one, is in the interval.
 *
 * @param stages that both have, in the order of {@link Stage}
 * @param differences between machines and settings; such profiles should not be compared
 */
public record Comparison(List<Ratio> stages, List<String> differences) {
    private static final int DRAWS = 4000;
    private static final double TAIL = 0.025;
    /** So many runs of either build are judged in pairs. */
    public static final int PAIRS = 4;
    /** Stages below this are noise beside a frame. */
    private static final double LEAST_MILLIS = 0.05;

    /**
     * One stage.
     *
     * @param ratio of the second to the first; above 1 is slower
     * @param low where 2.5 % of the draws lie below
     * @param high where 2.5 % lie above
     */
    public record Ratio(String stage, double firstMillis, double secondMillis, double ratio, double low, double high) {
        /** Whether it is slower by more than the threshold beyond doubt, and long enough to matter. */
        public boolean slower(double threshold) {
            return low > 1 + threshold && Math.max(firstMillis, secondMillis) >= LEAST_MILLIS;
        }

        /** The same the other way. */
        public boolean faster(double threshold) {
            return high < 1 / (1 + threshold) && Math.max(firstMillis, secondMillis) >= LEAST_MILLIS;
        }
    }

    /**
     * Compares.
     *
     * @param first objects of {@link ProfileJson}, runs of one build
     * @param second of the other
     */
    public static Comparison of(List<JsonObject> first, List<JsonObject> second) {
        boolean paired = first.size() == second.size() && first.size() >= PAIRS;
        List<Ratio> ratios = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            double[] a = paired ? medians(first, stage) : blocks(first, stage);
            double[] b = paired ? medians(second, stage) : blocks(second, stage);
            if (stage.kind() != Stage.Kind.WAIT && a.length > 1 && b.length > 1) {
                ratios.add(paired ? pairs(stage.label(), a, b) : ratio(stage.label(), a, b));
            }
        }
        List<String> differences = new ArrayList<>();
        for (JsonObject other : others(first, second)) {
            for (String part : List.of("schema", "machine", "settings", "tier")) {
                differ(part, first.getFirst().get(part), other.get(part), differences);
            }
        }
        return new Comparison(ratios, differences.stream().distinct().toList());
    }

    private static List<JsonObject> others(List<JsonObject> first, List<JsonObject> second) {
        List<JsonObject> others = new ArrayList<>(first.subList(1, first.size()));
        others.addAll(second);
        return others;
    }

    private static void differ(String name, JsonElement a, JsonElement b, List<String> differences) {
        if (a != null && b != null && a.isJsonObject() && b.isJsonObject()) {
            for (String key : a.getAsJsonObject().keySet()) {
                differ(key, a.getAsJsonObject().get(key), b.getAsJsonObject().get(key), differences);
            }
        } else if (a == null || !a.equals(b)) {
            differences.add(name + ": " + a + " and " + b);
        }
    }

    private static double[] blocks(List<JsonObject> runs, Stage stage) {
        List<Double> all = new ArrayList<>();
        for (JsonObject run : runs) {
            JsonObject stages = run.getAsJsonObject("stages");
            JsonObject own = stages == null ? null : stages.getAsJsonObject(stage.label());
            if (own != null) {
                own.getAsJsonArray("blockMedians").forEach(each -> all.add(each.getAsDouble()));
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The median of each run; none where a run lacks the stage, for pairs would shift. */
    private static double[] medians(List<JsonObject> runs, Stage stage) {
        double[] all = runs.stream()
                .map(run -> blocks(List.of(run), stage))
                .filter(blocks -> blocks.length > 0)
                .mapToDouble(Comparison::median)
                .toArray();
        return all.length == runs.size() ? all : new double[0];
    }

    /**
     * The median of the pairs' ratios: whatever the machine did beside while a pair ran fell on both.
     *
     * @param a the first of each pair, as many as {@code b}
     */
    public static Ratio pairs(String stage, double[] a, double[] b) {
        double[] ratios = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            ratios[i] = b[i] / Math.max(1e-9, a[i]);
        }
        SplittableRandom random = new SplittableRandom(1);
        double[] drawn = new double[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            drawn[i] = draw(ratios, random);
        }
        Arrays.sort(drawn);
        return new Ratio(
                stage,
                median(a),
                median(b),
                median(ratios),
                drawn[(int) (DRAWS * TAIL)],
                drawn[(int) (DRAWS * (1 - TAIL))]);
    }

    /** One ratio of medians; the draws begin from a fixed seed, so that the same figures give the same answer. */
    public static Ratio ratio(String stage, double[] a, double[] b) {
        SplittableRandom random = new SplittableRandom(1);
        double[] drawn = new double[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            drawn[i] = draw(b, random) / Math.max(1e-9, draw(a, random));
        }
        Arrays.sort(drawn);
        double first = median(a);
        double second = median(b);
        return new Ratio(
                stage,
                first,
                second,
                second / Math.max(1e-9, first),
                drawn[(int) (DRAWS * TAIL)],
                drawn[(int) (DRAWS * (1 - TAIL))]);
    }

    private static double draw(double[] blocks, SplittableRandom random) {
        double[] some = new double[blocks.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = blocks[random.nextInt(blocks.length)];
        }
        return median(some);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Whether any stage got slower by more than that share. */
    public boolean slower(double threshold) {
        return stages.stream().anyMatch(each -> each.slower(threshold));
    }

    /** As lines for people. */
    public List<String> lines(double threshold) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "%-18s %9s %9s %7s  %s", "median ms", "first", "second", "ratio", "95 % interval"));
        for (Ratio each : stages) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-18s %9.3f %9.3f %7.3f  %.3f to %.3f%s",
                    each.stage(),
                    each.firstMillis(),
                    each.secondMillis(),
                    each.ratio(),
                    each.low(),
                    each.high(),
                    each.slower(threshold) ? "  SLOWER" : each.faster(threshold) ? "  faster" : ""));
        }
        return lines;
    }
}
