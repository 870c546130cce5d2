package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Window;
import dev.handsover.frame.Failure;
import dev.handsover.profile.Profile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code profile}: where a frame's time goes, on this machine, with these settings. */
@Command(
        name = "profile",
        description = {
            "Measures where a frame's time goes: every stage, every percentile, what limits and what would help.",
            "The beginning is cut until the figures are steady. docs/profile.md tells how to read them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  handsover profile --source lesson.mp4 --report lesson.html",
            "  handsover profile --source webcam --output v4l2:/dev/video10 --frames 900",
            "  handsover profile --compare before.json after.json"
        })
final class ProfileCommand implements Callable<Integer> {
    /** Who reads a stream may be there before it. */
    private static final SourceSpec.Options PATIENT = new SourceSpec.Options(
            null,
            null,
            0,
            null,
            SourceSpec.Options.ALL.maxPixels(),
            Duration.ofMinutes(1),
            SourceSpec.Options.ALL.readLimit());

    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final String DEFAULT_SOURCE = "pattern:hands?live=1";
    /** What can be asked for; each goes with few others. */
    private static final List<String> ASKED = List.of(
            "--compare",
            "--glass",
            "--overhead",
            "--sweep",
            "--json",
            "--report",
            "--trace",
            "--jfr",
            "--explain",
            "--data",
            "--most");

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            defaultValue = DEFAULT_SOURCE,
            description = "What to measure with: a recording, webcam, screen, an address, pattern:hands. Default:"
                    + " ${DEFAULT-VALUE}")
    String source = "";

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "300",
            description = "Ends after so many frames, from 20, warm-up included. Default: ${DEFAULT-VALUE}")
    long frames;

    @Option(
            names = "--live",
            description = "Recordings and patterns come at their own pace, as from a camera; late frames are lost.")
    boolean live;

    @Option(
            names = "--window",
            description = "A window shows the pictures, and the time to the screen is measured too.")
    boolean window;

    @Option(
            names = "--output",
            paramLabel = "OUT",
            split = ConfigFile.LIST_SEPARATOR,
            hideParamSyntax = true,
            description = "Where pictures go, to measure that too; may be repeated. Default: null:")
    List<String> outputs = new ArrayList<>();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Mixin
    ProfileForms forms = new ProfileForms();

    @Option(
            names = "--glass",
            paramLabel = "WHERE",
            description =
                    "Reads the code that pattern:clock burns into frames, wherever it is seen (screen, webcam:NAME, an"
                            + " address, a recording), and tells true delays and losses; here runs the clock through the program.")
    @Nullable String glass;

    @Option(
            names = "--explain",
            description = "Also says in sentences what limits, tries what would help, and measures the floor.")
    boolean explain;

    @Option(
            names = "--overhead",
            description = "Measures what measuring itself costs, with it and without in turns, and nothing else.")
    boolean overhead;

    @Mixin
    SweepOptions sweep = new SweepOptions();

    /** A grid instead of one run. */
    static final class SweepOptions {
        @Option(
                names = "--sweep",
                paramLabel = "KEY=A,B",
                arity = "1..*",
                description = "Runs every combination of model=, size= (WxH or pixels of the model's input), threads=,"
                        + " workers=, every= and compositor= and compares them; --report draws it.")
        List<String> words = new ArrayList<>();

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "With --sweep: labelled pictures as for eval, to set IoU against speed.")
        @Nullable Path data;

        @Option(
                names = "--most",
                paramLabel = "N",
                defaultValue = "0",
                description = "With --data: at most so many pictures, evenly spread, from 1; 0 takes all. Default: all")
        int most;
    }

    @Mixin
    CompareOptions compare = new CompareOptions();

    /** Comparing instead of measuring. */
    static final class CompareOptions {
        @Option(
                names = "--compare",
                arity = "2",
                paramLabel = "FILE",
                description =
                        "Measures nothing, but compares two files of --json stage by stage; ends with 1 when one got"
                                + " slower. A,B names several runs of one build.")
        List<String> files = new ArrayList<>();

        @Option(
                names = "--slower-by",
                paramLabel = "SHARE",
                defaultValue = "0.05",
                description = "How much slower counts, beyond doubt. Default: ${DEFAULT-VALUE}")
        double threshold;

        @Option(names = "--anyway", description = "Compares other machines and other settings too.")
        boolean anyway;
    }

    @Spec
    CommandSpec spec = CommandSpec.create();

    private Settings settings() {
        SourceSpec from = ProfileRun.source(source, live);
        boolean paced = paced(from);
        SourceSpec.Options all = SourceSpec.Options.ALL;
        SourceSpec.Options capture = paced
                ? all
                : new SourceSpec.Options(
                        null, null, frames, null, all.maxPixels(), all.connectLimit(), all.readLimit());
        return stream.settings(from, capture, outputs.isEmpty() ? List.of("null:") : outputs, paced);
    }

    private boolean paced(SourceSpec from) {
        return live || from.live() || from instanceof SourceSpec.Pattern pattern && pattern.live();
    }

    /** Refuses what would be passed over in silence. */
    private void onlyWith(String mode, String... others) {
        List<String> fitting = List.of(others);
        for (String each : ASKED) {
            if (!each.equals(mode)
                    && !fitting.contains(each)
                    && spec.commandLine().getParseResult().hasMatchedOption(each)) {
                throw Failure.usage(each + " does not go " + (mode.isEmpty() ? "without --sweep" : "with " + mode)
                        + "; leave one of them out.");
            }
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (!compare.files.isEmpty()) {
            onlyWith("--compare");
            return ProfileComparison.run(compare.files, compare.threshold, compare.anyway, out);
        }
        if (frames < 20) {
            throw Failure.usage("--frames takes a number from 20, since fewer tell nothing.");
        }
        forms.check();
        if (glass != null) {
            onlyWith("--glass", "--json");
            return glass();
        }
        if (overhead) {
            onlyWith("--overhead");
            return overhead(out);
        }
        Settings settings = settings();
        ProfileRun run = new ProfileRun(settings, source, paced(settings.source()), frames, window(settings));
        if (!sweep.words.isEmpty()) {
            onlyWith("--sweep", "--report", "--data", "--most");
            return sweep(run);
        }
        onlyWith("", "--json", "--report", "--trace", "--jfr", "--explain");
        Profile profile = run.run(forms.jfr);
        forms.tell(profile, explain ? ProfileExplain.of(run, profile) : List.of(), out);
        return 0;
    }

    private Window.@Nullable Options window(Settings settings) {
        if (window && !paced(settings.source())) {
            throw Failure.usage("--window shows pictures at their own pace: add --live.");
        }
        return window ? new Window.Options("Handsover", WIDTH, HEIGHT, false, false, false, false, true) : null;
    }

    private int overhead(PrintWriter out) throws InterruptedException {
        source = source.equals(DEFAULT_SOURCE) ? "pattern:hands" : source;
        Settings settings = settings();
        if (paced(settings.source())) {
            throw Failure.usage("--overhead needs a source that waits for no clock: a recording or a pattern, without"
                    + " --live and live=1.");
        }
        ProfileOverhead.run(settings, frames).forEach(out::println);
        out.flush();
        return 0;
    }

    private int glass() throws InterruptedException {
        String where = String.valueOf(glass);
        ProfileGlass reader = new ProfileGlass();
        ProfileGlass.Seen seen;
        if (where.equals("here")) {
            source = source.equals(DEFAULT_SOURCE) ? "pattern:clock" : source;
            if (!source.startsWith("pattern:clock")) {
                throw Failure.usage(
                        "--glass here takes a pattern:clock as --source, e.g. pattern:clock?size=1280x720.");
            }
            live = true;
            seen = reader.here(settings(), frames);
        } else {
            seen = reader.read(where, frames, stream.capture(PATIENT));
        }
        forms.tell(seen.lines(), seen.object().toString(), spec.commandLine().getOut());
        return 0;
    }

    private int sweep(ProfileRun run) throws InterruptedException {
        List<ProfileSweep.Point> points = new ProfileSweep(run, sweep.data, sweep.most).points(sweep.words);
        PrintWriter out = spec.commandLine().getOut();
        ProfileSweep.lines(points).forEach(out::println);
        out.flush();
        forms.page(ProfileSweepPage.of(points, run, sweep.data));
        return 0;
    }
}
