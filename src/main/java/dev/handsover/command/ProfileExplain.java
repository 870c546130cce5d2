package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.Source;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.SoundPacket;
import dev.handsover.profile.Profile;
import dev.handsover.profile.Stage;
import dev.handsover.segment.ModelCard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Says in sentences what limits a run, tries on the spot what would help, and measures what nothing could go below. */
final class ProfileExplain {
    private static final int TRIES = 20;
    private static final long FLOOR_FRAMES = 60;
    /** A stage with less of the work than this is not worth a word. */
    private static final double WORTH_A_WORD = 0.03;
    /** With a smaller share of the work a faster network changes little. */
    private static final double WORTH_A_TRY = 0.15;

    private final ProfileRun run;
    private final Profile profile;
    private Profile warm;
    private final List<String> sentences = new ArrayList<>();

    private ProfileExplain(ProfileRun run, Profile profile) {
        this.run = run;
        this.profile = profile;
        this.warm = profile;
    }

    /** Explains a profile that this run has made; runs it again with other settings meanwhile. */
    static List<String> of(ProfileRun run, Profile profile) throws InterruptedException {
        ProfileExplain explain = new ProfileExplain(run, profile);
        explain.limit();
        explain.shares();
        explain.tries();
        explain.floor();
        return explain.sentences;
    }

    private void say(String sentence) {
        sentences.add(sentence);
    }

    /** Threads of one kind work side by side: the kind that is busiest sets the pace. */
    private void limit() {
        Map<String, List<Double>> kinds = new TreeMap<>();
        profile.usage().busy().forEach((thread, share) -> kinds.computeIfAbsent(
                        profile.raw().threads().get(thread).replaceAll("-\\d+$", ""), _ -> new ArrayList<>())
                .add(share));
        String busiest = "";
        double most = 0;
        for (Map.Entry<String, List<Double>> kind : kinds.entrySet()) {
            double mean = kind.getValue().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(0);
            if (mean > most) {
                most = mean;
                busiest = kind.getKey();
            }
        }
        double interval = profile.about().intervalNanos() / 1e6;
        Profile.Row engine = profile.row(Stage.ENGINE);
        if (profile.about().paced() && engine != null) {
            boolean keeps = engine.millis(95) <= interval;
            say(String.format(
                    Locale.ROOT,
                    keeps
                            ? "This machine keeps up: 95 of 100 frames take at most %.1f ms in the engine, and %.1f ms lie between two"
                                    + " frames."
                            : "This machine does not keep up: 5 of 100 frames take more than %.1f ms in the engine, but only %.1f"
                                    + " ms lie between two frames.",
                    engine.millis(95),
                    interval));
        }
        String work =
                switch (busiest) {
                    case "network" -> "the network";
                    case "camera" ->
                        profile.row(Stage.PAINT) == null ? "reading and decoding the source" : "painting the pattern";
                    case "sink" -> "writing the output";
                    default -> "matte and compositing";
                };
        say(String.format(Locale.ROOT, "What limits is %s: its threads work %.0f %% of the time.", work, 100 * most));
    }

    private double work() {
        return works().stream().mapToDouble(Profile.Row::meanMillis).sum();
    }

    private List<Profile.Row> works() {
        return profile.stages().stream()
                .filter(row -> row.stage().kind() == Stage.Kind.WORK)
                .sorted(Comparator.comparingDouble(Profile.Row::meanMillis).reversed())
                .toList();
    }

    private void shares() {
        double all = work();
        StringBuilder text = new StringBuilder();
        for (Profile.Row row : works()) {
            double share = row.meanMillis() / all;
            if (share >= WORTH_A_WORD) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(String.format(
                                Locale.ROOT, "%s %.0f %%", row.stage().label(), 100 * share));
            }
        }
        say(String.format(Locale.ROOT, "Of %.1f ms of work on a frame: %s.", all, text));
    }

    /** A smaller input and a network on every second frame, each measured by running it now. */
    private void tries() throws InterruptedException {
        Profile.Row network = profile.row(Stage.NETWORK);
        if (network == null || network.meanMillis() < WORTH_A_TRY * work()) {
            say("A faster network would change little here.");
            return;
        }
        // the first run is cold beside the tries: the better of two is fair
        Profile again = run.trial();
        warm = network(again) < network(profile) ? again : profile;
        Settings now = run.settings();
        Settings.ModelChoice model = now.model();
        int pixels = model.pixels() > 0
                ? model.pixels()
                : ModelCard.find(model.name()).input().pixels();
        Settings smaller = now.with(new Settings.ModelChoice(model.name(), model.keep(), pixels / 2), now.tuning());
        tried("A model input of half the pixels (--model-pixels " + pixels / 2 + ")", smaller);
        if (now.tuning().networkEvery() == 1) {
            tried("The network on every second frame (--network-every 2)", ProfileSweep.with(now, "every", "2"));
        }
    }

    private void tried(String what, Settings settings) throws InterruptedException {
        Profile other = run.with(settings).trial();
        double before = network(warm);
        double after = network(other);
        String outcome = run.paced() ? ages(other) : speeds(other);
        boolean helps = after < before && (run.paced() ? age(other) < age(warm) : other.fps() > warm.fps());
        say(
                helps
                        ? String.format(
                                Locale.ROOT,
                                "%s, tried just now, takes %.1f ms of network a frame instead of %.1f: it saves %.1f ms, %s.",
                                what,
                                after,
                                before,
                                before - after,
                                outcome)
                        : String.format(
                                Locale.ROOT,
                                "%s was tried just now and does not help here: %.1f ms of network a frame instead of %.1f, %s.",
                                what,
                                after,
                                before,
                                outcome));
    }

    private String speeds(Profile other) {
        return String.format(Locale.ROOT, "at %.1f pictures a second instead of %.1f", other.fps(), warm.fps());
    }

    /** By the clock the speed is the clock's; how old pictures are is what changes. */
    private String ages(Profile other) {
        return String.format(
                Locale.ROOT, "and 95 of 100 pictures are there after %.1f ms instead of %.1f", age(other), age(warm));
    }

    private static double age(Profile profile) {
        Profile.Row row = profile.row(Stage.TOTAL);
        return row == null ? 0 : row.millis(95);
    }

    /** Network time spread over all frames, those that it was left out on among them. */
    private static double network(Profile profile) {
        Profile.Row row = profile.row(Stage.NETWORK);
        return row == null
                ? 0
                : row.times().getMean()
                        / 1e6
                        * row.count()
                        / Math.max(1, profile.ways().size());
    }

    private void floor() throws InterruptedException {
        double read = run.paced() ? mean(Stage.DECODE) + mean(Stage.PAINT) + mean(Stage.NORMALISE) : readAlone();
        double encode = mean(Stage.ENCODE);
        double copy = copyOnce();
        say(String.format(
                Locale.ROOT,
                "The floor here is %.2f ms a frame: %.2f to read it, %.2f to copy it once, %.2f to write it; everything above is"
                        + " what the hands cost.",
                read + copy + encode,
                read,
                copy,
                encode));
    }

    private double mean(Stage stage) {
        Profile.Row row = profile.row(stage);
        return row == null ? 0 : row.meanMillis();
    }

    private double readAlone() throws InterruptedException {
        long begun = 0;
        long count = 0;
        try (Source source = run.settings().source().open(run.settings().capture())) {
            source.onSound(SoundPacket::close);
            for (long i = 0; i < FLOOR_FRAMES; i++) {
                Frame frame = source.read();
                if (frame == null) {
                    break;
                }
                frame.recycle();
                // the first frame pays for the opening
                begun = i == 0 ? System.nanoTime() : begun;
                count = i;
            }
            return count == 0 ? mean(Stage.DECODE) + mean(Stage.PAINT) : (System.nanoTime() - begun) / 1e6 / count;
        }
    }

    /** The best of some, since a copy is memory and nothing else. */
    private double copyOnce() throws InterruptedException {
        try (Source source = run.settings().source().open(run.settings().capture())) {
            PictureFormat format = source.format().picture();
            long best = Long.MAX_VALUE;
            try (FramePool pool = new FramePool(format, 2)) {
                Frame a = pool.take();
                Frame b = pool.take();
                for (int i = 0; i < TRIES; i++) {
                    long begun = System.nanoTime();
                    b.copyFrom(a);
                    best = Math.min(best, System.nanoTime() - begun);
                }
                a.recycle();
                b.recycle();
            }
            return best / 1e6;
        }
    }
}
