package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.profile.Page;
import dev.handsover.profile.Profile;
import dev.handsover.profile.ProfileJson;
import dev.handsover.profile.Table;
import dev.handsover.profile.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
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
    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            defaultValue = "pattern:hands?live=1",
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
            names = "--output",
            paramLabel = "OUT",
            split = ConfigFile.LIST_SEPARATOR,
            hideParamSyntax = true,
            description = "Where pictures go, to measure that too; may be repeated. Default: null:")
    List<String> outputs = new ArrayList<>();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Also everything measured as JSON; - for here alone.")
    @Nullable String json;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Also a page with pictures; it needs no network and no other file.")
    @Nullable Path report;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also every span as trace events, for ui.perfetto.dev or chrome://tracing.")
    @Nullable Path trace;

    @Option(
            names = "--jfr",
            paramLabel = "FILE",
            description = "Also the Java machine's flight recording, with handsover.Frame and handsover.Stage in it.")
    @Nullable Path jfr;

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
                        null, null, frames, null, all.maxPixels(), all.connectLimit(), all.readLimit(), all.camera());
        return stream.settings(from, capture, outputs.isEmpty() ? List.of("null:") : outputs, paced);
    }

    private boolean paced(SourceSpec from) {
        return live || from.live() || from instanceof SourceSpec.Pattern pattern && pattern.live();
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!compare.files.isEmpty()) {
            return ProfileComparison.run(
                    compare.files,
                    compare.threshold,
                    compare.anyway,
                    spec.commandLine().getOut());
        }
        if (frames < 20) {
            throw Failure.usage("--frames takes a number from 20, since fewer tell nothing.");
        }
        Settings settings = settings();
        if (glass != null) {
            return glass(settings);
        }
        ProfileRun run = new ProfileRun(settings, source, paced(settings.source()), frames);
        if (overhead) {
            ProfileOverhead.run(settings, frames).forEach(spec.commandLine().getOut()::println);
            return 0;
        }
        if (!sweep.words.isEmpty()) {
            return sweep(run);
        }
        Profile profile = run.run(jfr);
        tell(profile, explain ? ProfileExplain.of(run, profile) : List.of());
        return 0;
    }

    private int glass(Settings settings) throws InterruptedException {
        SourceSpec.Options options = SourceSpec.Options.ALL.with(stream.camera.wish());
        String clock = source.startsWith("pattern:clock") ? source : "pattern:clock?live=1";
        ProfileGlass reader = new ProfileGlass();
        ProfileGlass.Seen seen = "here".equals(glass)
                ? reader.here(settings, clock, frames)
                : reader.read(String.valueOf(glass), frames, options);
        PrintWriter out = spec.commandLine().getOut();
        seen.lines().forEach(out::println);
        out.flush();
        if (json != null) {
            write(Path.of(json), seen.object().toString());
        }
        return 0;
    }

    private int sweep(ProfileRun run) throws InterruptedException {
        List<ProfileSweep.Point> points = new ProfileSweep(run, sweep.data, sweep.most).points(sweep.words);
        PrintWriter out = spec.commandLine().getOut();
        ProfileSweep.lines(points).forEach(out::println);
        out.flush();
        if (report != null) {
            write(report, ProfileSweep.page(points));
        }
        return 0;
    }

    private void tell(Profile profile, List<String> sentences) {
        PrintWriter out = spec.commandLine().getOut();
        if ("-".equals(json)) {
            out.println(ProfileJson.text(profile));
        } else {
            Table.of(profile).forEach(out::println);
            sentences.forEach(out::println);
        }
        out.flush();
        if (json != null && !json.equals("-")) {
            write(Path.of(json), ProfileJson.text(profile));
        }
        if (report != null) {
            write(report, Page.of(profile, sentences));
        }
        if (trace != null) {
            try (Writer to = Files.newBufferedWriter(trace)) {
                Trace.write(profile, to);
            } catch (IOException e) {
                throw Failure.output(trace + " cannot be written: " + e.getMessage() + ".", e);
            }
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw Failure.output(file + " cannot be written: " + e.getMessage() + ".", e);
        }
    }
}
