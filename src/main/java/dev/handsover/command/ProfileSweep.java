package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.evaluate.Evaluation;
import dev.handsover.evaluate.Sample;
import dev.handsover.evaluate.Scores;
import dev.handsover.frame.Failure;
import dev.handsover.profile.Profile;
import dev.handsover.profile.Stage;
import dev.handsover.segment.ModelCard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code profile --sweep key=a,b …}: every combination run, then all again in reverse order, so that a machine that changes
 * meanwhile treats them alike; with labelled pictures also how good each is, and which are beaten by no other.
 */
final class ProfileSweep {
    private static final int MOST = 64;

    private final ProfileRun run;
    private final @Nullable Path data;
    private final int samples;
    private final Map<String, Double> known = new HashMap<>();

    /**
     * One combination, measured.
     *
     * @param millis of work on a frame, the better of two runs
     * @param iou on the pictures, or NaN without any
     */
    record Point(String name, double fps, double millis, double engineMillis, double iou) {
        /** At least as good in both and better in one. */
        boolean beats(Point other) {
            return fps >= other.fps && iou >= other.iou && (fps > other.fps || iou > other.iou);
        }
    }

    /**
     * @param data labelled pictures as for eval, or null
     * @param samples at most so many of them; 0 is all
     */
    ProfileSweep(ProfileRun run, @Nullable Path data, int samples) {
        this.run = run;
        this.data = data;
        this.samples = samples;
    }

    /** Runs the grid that the words describe. */
    List<Point> points(List<String> words) throws InterruptedException {
        Map<String, Settings> grid = grid(run.settings(), words);
        List<String> names = new ArrayList<>(grid.keySet());
        Map<String, Point> best = new LinkedHashMap<>();
        for (int turn = 0; turn < 2; turn++) {
            for (String name : turn == 0 ? names : names.reversed()) {
                Settings settings = grid.get(name);
                if (settings != null) {
                    Point now = measure(name, settings);
                    Point before = best.get(name);
                    best.put(name, before == null || now.fps > before.fps ? now : before);
                }
            }
        }
        return List.copyOf(best.values());
    }

    /** Every combination of the words' values, by name. */
    static Map<String, Settings> grid(Settings settings, List<String> words) {
        Map<String, Settings> grid = new LinkedHashMap<>();
        grid.put("", settings);
        for (String word : words) {
            int mark = word.indexOf('=');
            if (mark < 1 || mark == word.length() - 1) {
                throw Failure.usage("\"" + word + "\" is no part of a sweep; write e.g. threads=1,2,4.");
            }
            Map<String, Settings> next = new LinkedHashMap<>();
            grid.forEach((name, base) -> {
                for (String value : word.substring(mark + 1).split(",", -1)) {
                    next.put(
                            (name + " " + word.substring(0, mark) + "=" + value).strip(),
                            with(base, word.substring(0, mark), value));
                }
            });
            grid = next;
        }
        if (grid.size() > MOST) {
            throw Failure.usage("That sweep has " + grid.size() + " combinations; " + MOST + " are enough.");
        }
        return grid;
    }

    /** The settings with one of them changed, as a sweep names it. */
    static Settings with(Settings s, String key, String value) {
        Settings.ModelChoice model = s.model();
        Settings.Tuning tuning = s.tuning();
        return switch (key) {
            case "model" -> s.with(new Settings.ModelChoice(value, model.keep(), model.pixels()), tuning);
            case "size" -> s.with(new Settings.ModelChoice(model.name(), model.keep(), pixels(value)), tuning);
            case "threads" ->
                s.with(
                        model,
                        new Settings.Tuning(
                                tuning.compositor(),
                                tuning.workers(),
                                number(key, value),
                                tuning.networkEvery(),
                                tuning.device()));
            case "workers" ->
                s.with(
                        model,
                        new Settings.Tuning(
                                tuning.compositor(),
                                number(key, value),
                                tuning.threads(),
                                tuning.networkEvery(),
                                tuning.device()));
            case "every" ->
                s.with(
                        model,
                        new Settings.Tuning(
                                tuning.compositor(),
                                tuning.workers(),
                                tuning.threads(),
                                number(key, value),
                                tuning.device()));
            case "compositor" ->
                s.with(
                        model,
                        new Settings.Tuning(
                                compositor(value),
                                tuning.workers(),
                                tuning.threads(),
                                tuning.networkEvery(),
                                tuning.device()));
            default ->
                throw Failure.usage("\"" + key
                        + "\" cannot be swept; there are model, size, threads, workers, every and" + " compositor.");
        };
    }

    private static int pixels(String value) {
        if (value.matches("\\d{2,4}x\\d{2,4}")) {
            String[] sides = value.split("x", -1);
            return Integer.parseInt(sides[0]) * Integer.parseInt(sides[1]);
        }
        return number("size", value);
    }

    private static int number(String key, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw Failure.usage("\"" + value + "\" is no number for " + key + ".");
        }
    }

    private static Settings.CompositorChoice compositor(String value) {
        for (Settings.CompositorChoice choice : Settings.CompositorChoice.values()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(value)) {
                return choice;
            }
        }
        throw Failure.usage("\"" + value + "\" is no compositor; there are auto, cpu and gl.");
    }

    private Point measure(String name, Settings settings) throws InterruptedException {
        Profile profile = run.with(settings).trial();
        double work = profile.stages().stream()
                .filter(row -> row.stage().kind() == Stage.Kind.WORK)
                .mapToDouble(Profile.Row::meanMillis)
                .sum();
        Profile.Row engine = profile.row(Stage.ENGINE);
        return new Point(name, profile.fps(), work, engine == null ? 0 : engine.millis(50), iou(settings.model()));
    }

    private double iou(Settings.ModelChoice model) throws InterruptedException {
        if (data == null) {
            return Double.NaN;
        }
        Double before = known.get(model.toString());
        if (before != null) {
            return before;
        }
        List<Sample> all = Sample.find(data).stream()
                .filter(Sample.Masked.class::isInstance)
                .toList();
        int most = samples == 0 ? all.size() : Math.min(samples, all.size());
        if (most == 0) {
            throw Failure.input(data + " holds no picture with a mask; docs/training.md tells how to lay them out.");
        }
        Scores scores = new Scores();
        try (Evaluation evaluation = new Evaluation(
                ModelCard.find(model.name()), model.keep(), run.settings().matte(), model.pixels())) {
            for (int i = 0; i < most; i++) {
                evaluation.add(all.get((int) ((long) i * all.size() / most)));
            }
            evaluation.masked().values().forEach(scores::add);
        }
        known.put(model.toString(), scores.iou());
        return scores.iou();
    }

    /** Whether no other is both faster and better. */
    static boolean best(Point point, List<Point> points) {
        return points.stream().noneMatch(other -> other.beats(point));
    }

    /** For people; those that no other beats have a star. */
    static List<String> lines(List<Point> points) {
        List<String> lines = new ArrayList<>();
        int wide = points.stream().mapToInt(p -> p.name().length()).max().orElse(0);
        lines.add(String.format(
                Locale.ROOT,
                "     %s %8s %10s %10s %7s",
                padded("combination", wide),
                "fps",
                "work ms",
                "engine ms",
                "IoU"));
        for (Point point : points) {
            boolean judged = !Double.isNaN(point.iou());
            lines.add(String.format(
                    Locale.ROOT,
                    "%s %2d %s %8.1f %10.2f %10.2f %7s",
                    judged && best(point, points) ? "*" : " ",
                    lines.size(),
                    padded(point.name(), wide),
                    point.fps(),
                    point.millis(),
                    point.engineMillis(),
                    judged ? String.format(Locale.ROOT, "%.3f", point.iou()) : "-"));
        }
        return lines;
    }

    private static String padded(String text, int wide) {
        return text + " ".repeat(Math.max(0, wide - text.length()));
    }
}
