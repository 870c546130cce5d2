package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.sink.Output;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code process IN OUT}: a recording, pictures or a stream in, the hands over anything out. */
@Command(
        name = "process",
        description = {
            "Keeps the hands of IN, puts something else in the place of everything else, and writes OUT.",
            "Sound, time stamps, colours and metadata are kept."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  handsover process lesson.mp4 out.mp4 --background slide.png",
            "  handsover process lesson.mp4 out.mov --background transparent",
            "  handsover process desk.mp4 out.mp4 --background none --under chart.png",
            "  handsover process photos/ cut/ --background transparent",
            "  handsover process lessons/ done/ --background slide.png --jobs 2",
            "  ffmpeg -i in.mkv -f yuv4mpegpipe - | handsover process - y4m:- | ffplay -"
        })
final class ProcessCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "IN",
            description =
                    "A video, picture, folder, 'shot_%%04d.png', '*.jpg', http(s):// rtsp:// udp:// address, - for"
                            + " standard input, webcam, webcam:NAME, screen, or pattern:hands, pattern:bars, pattern:clock.")
    String in = "";

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            arity = "0..1",
            description =
                    "A video (.mp4 .mkv .mov .webm .avi .ts .webp), picture, folder/, out_%%05d.png, - (Matroska) or y4m:- for"
                            + " standard output, v4l2:/dev/videoN, udp:// tcp:// srt:// rtmp:// rtsp:// address, or null:"
                            + " for nowhere. May be left out where --output says it.")
    @Nullable String out;

    @Option(
            names = "--output",
            paramLabel = "OUT",
            split = ConfigFile.LIST_SEPARATOR,
            hideParamSyntax = true,
            description = "A further output; may be repeated.")
    List<String> outputs = new ArrayList<>();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Mixin
    CutOptions cut = new CutOptions();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Recordings of a folder that are processed at the same time, 1 to 64; 0 is half the cores. It also says that"
                            + " recordings are meant where pictures lie beside them. Those that were finished in an"
                            + " earlier run are left alone. Default: ${DEFAULT-VALUE}")
    int jobs;

    @Mixin
    TellOptions tell = new TellOptions();

    /** What to read, and which part of it. */
    static final class CutOptions {
        @Option(names = "--start", paramLabel = "TIME", description = "Begins there: 5s, 1:23.5, 1:02:03.")
        @Nullable String start;

        @Option(names = "--end", paramLabel = "TIME", description = "Ends before that time of the input.")
        @Nullable String end;

        @Option(
                names = "--frames",
                paramLabel = "N",
                defaultValue = "0",
                description = "Ends after so many frames, from 1; 0 takes all. Default: ${DEFAULT-VALUE}")
        long frames;

        @Option(
                names = "--fps",
                paramLabel = "RATE",
                description =
                        "Frames a second of the output, 0.01 to 1000, by repeating and leaving out; 30, 29.97 or 30000/1001."
                                + " Default: the input's, variable rates included")
        @Nullable String fps;

        @Option(
                names = "--max-pixels",
                paramLabel = "N",
                defaultValue = "40000000",
                description = "Refuses pictures of more pixels; sides end at 16384. Default: ${DEFAULT-VALUE}")
        long maxPixels;

        @Option(
                names = "--connect-limit",
                paramLabel = "TIME",
                defaultValue = "10s",
                description = "How long an address may take to answer. Default: ${DEFAULT-VALUE}")
        String connectLimit = "";

        @Option(
                names = "--read-limit",
                paramLabel = "TIME",
                defaultValue = "10s",
                description = "How long a stream may stand still. Default: ${DEFAULT-VALUE}")
        String readLimit = "";

        SourceSpec.Options options() {
            if (frames < 0) {
                throw Failure.usage("--frames takes a whole number from 1, or 0 for all, not " + frames + ".");
            }
            if (maxPixels < 1) {
                throw Failure.usage("--max-pixels takes a whole number from 1, not " + maxPixels + ".");
            }
            Duration from = start == null ? null : Converters.time(start);
            Duration until = end == null ? null : Converters.time(end);
            if (until != null && from != null && until.compareTo(from) <= 0) {
                throw Failure.usage("--end must come after --start.");
            }
            return new SourceSpec.Options(
                    from,
                    until,
                    frames,
                    fps == null ? null : Converters.rate(fps),
                    maxPixels,
                    Converters.time(connectLimit),
                    Converters.time(readLimit));
        }
    }

    /** How much to tell. */
    static final class TellOptions {
        @Option(names = "--quiet", description = "Tells nothing but errors.")
        boolean quiet;

        @Option(
                names = "--json",
                description = "Ends with one JSON object on standard output (on standard"
                        + " error when video goes to standard output); tells nothing else but errors.")
        boolean json;

        @Option(names = "--config", paramLabel = "FILE", description = "Settings as YAML; flags win over them.")
        @Nullable Path config;
    }

    /** The settings that these flags mean. */
    Settings settings() {
        List<String> places = new ArrayList<>(outputs);
        if (out != null) {
            places.addFirst(out);
        }
        if (places.isEmpty()) {
            throw Failure.usage("Say where the result goes: a file after the input, or --output.");
        }
        return stream.settings(SourceSpec.parse(in), cut.options(), places, false);
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = settings();
        Console console = Console.choose(tell.quiet || tell.json);
        Interruption.Work<Pipeline.Summary> work = work(settings, console);
        // where standard output carries video, the object goes to standard error
        boolean video = settings.outputs().stream().anyMatch(Output.Stdout.class::isInstance);
        PrintStream objects = video ? System.err : System.out;
        // people learn from the sentence what failed; programs also want to know how far the other outputs came
        Pipeline.Summary summary =
                Interruption.run(work, done -> Report.tell(done, console, tell.json ? objects : null), done -> {
                    if (tell.json) {
                        Report.tell(done, console, objects);
                    }
                });
        boolean faulty = summary.lost() > 0 && !settings.source().live();
        return summary.interrupted() ? Interruption.EXIT_CODE : faulty ? Failure.Kind.INPUT.exitCode() : 0;
    }

    /** Pictures of a folder are taken: that it holds no picture, or recordings beside them, is not left to be found out. */
    private static void tellOfRecordings(Settings settings, Console console) {
        if (!(settings.source() instanceof SourceSpec.Images(String pattern)) || !Files.isDirectory(Path.of(pattern))) {
            return;
        }
        Path folder = Path.of(pattern);
        int recordings = Clips.list(folder).size();
        boolean pictures = Clips.pictures(folder);
        if (!pictures && recordings == 0) {
            throw Failure.input("The folder " + folder + " holds neither pictures (" + Clips.PICTURE_KINDS
                    + ") nor recordings (" + Clips.RECORDING_KINDS + "); name another.");
        }
        if (!pictures) {
            throw Failure.usage("The folder " + folder + " holds recordings, which go into a folder one by one: let OUT"
                    + " end with /, as in done/.");
        }
        if (recordings > 0) {
            console.note("The pictures of " + folder + " are taken and "
                    + (recordings == 1 ? "1 recording is" : recordings + " recordings are")
                    + " left aside; --jobs 1, with a folder as OUT, takes the recordings instead.");
        }
    }

    private Interruption.Work<Pipeline.Summary> work(Settings settings, Console console) {
        if (jobs < 0 || jobs > 64) {
            throw Failure.usage("--jobs goes from 1 to 64, or is 0 for half the cores, not " + jobs + ".");
        }
        if (ClipByClip.fits(settings, jobs)) {
            return new ClipByClip(settings, jobs, console);
        }
        if (jobs > 0) {
            throw Failure.usage(
                    "--jobs is for a folder of recordings into a folder: name both, the second with / at its end.");
        }
        tellOfRecordings(settings, console);
        return PictureByPicture.fits(settings)
                ? new PictureByPicture(settings, console)
                : Interruption.Work.of(new Pipeline(settings, console));
    }
}
