package dev.handsover.command;

import com.google.gson.GsonBuilder;
import dev.handsover.Live;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Window;
import dev.handsover.frame.Failure;
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

/** {@code live}: a camera in, the hands over anything, out to outputs at the camera's rate, until it is stopped. */
@Command(
        name = "live",
        description = {
            "Takes a camera, keeps the hands and puts something else in the place of everything else, live.",
            "When there is no matte, the background and a card are shown, never the room."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  handsover live --background slides/",
            "  handsover live --source webcam:1 --background blur:25 --output v4l2:/dev/video10",
            "  handsover live --source pattern:hands --output lesson.mkv --no-window --for 60s"
        })
final class LiveCommand implements Callable<Integer> {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;

    @Spec
    @Nullable CommandSpec spec;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            defaultValue = "webcam",
            description = "webcam, webcam:N, webcam:/dev/videoN, webcam:NAME, screen[:X,Y,W,H], rtsp:// http:// udp://"
                    + " addresses, pattern:hands, or a recording, which is then played at its own pace. Default:"
                    + " ${DEFAULT-VALUE}")
    String source = "";

    @Option(
            names = "--output",
            paramLabel = "OUT",
            split = ConfigFile.LIST_SEPARATOR,
            hideParamSyntax = true,
            description = "Where pictures go besides the window; may be repeated.")
    List<String> outputs = new ArrayList<>();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Mixin
    ProcessCommand.TellOptions tell = new ProcessCommand.TellOptions();

    @Option(names = "--for", paramLabel = "TIME", description = "Ends after that time: 30s, 1:00:00. Default: never")
    @Nullable String runFor;

    @Option(
            names = "--pictures",
            paramLabel = "N",
            defaultValue = "0",
            description = "Ends after so many pictures, from 1; 0 goes on. Default: ${DEFAULT-VALUE}")
    long pictures;

    @Option(
            names = "--microphone",
            paramLabel = "NAME",
            arity = "0..1",
            fallbackValue = "default",
            description = "Sound for the outputs: the system's microphone, pulse:SOURCE or alsa:DEVICE. Default: none")
    @Nullable String microphone;

    @Option(
            names = "--fail-open",
            description =
                    "Shows the camera's own picture when there is no matte. Whoever uses it shows the room sooner or"
                            + " later; the status says so all the time.")
    boolean failOpen;

    @Option(
            names = "--no-budget",
            description = "Keeps the settings although the machine cannot keep up; frames are lost instead.")
    boolean noBudget;

    @Mixin
    WindowOptions windowOptions = new WindowOptions();

    /** The window, and what may be done in it. */
    static final class WindowOptions {
        @Option(names = "--no-window", description = "Opens no window; pictures go to --output alone.")
        boolean none;

        @Option(names = "--full-screen", description = "Begins in full screen; F goes there and back.")
        boolean fullScreen;

        @Option(names = "--frameless", description = "A window without title and border; the mouse moves it.")
        boolean frameless;

        @Option(names = "--on-top", description = "Keeps the window above others.")
        boolean onTop;

        @Option(
                names = "--see-through",
                description = "With --background transparent: the desktop shows through, where it composes windows.")
        boolean seeThrough;

        @Option(names = "--no-vsync", description = "Pictures go to the screen at once; they may tear.")
        boolean noVsync;

        @Option(
                names = "--allow-raw",
                description = "The key O shows the camera's own picture while it is held, in the window alone.")
        boolean allowRaw;

        @Option(
                names = "--next-background",
                paramLabel = "WHAT",
                split = ConfigFile.LIST_SEPARATOR,
                hideParamSyntax = true,
                description = "A further background that the key B goes to; may be repeated.")
        List<String> next = new ArrayList<>();
    }

    /** The settings that these flags mean. */
    Settings settings() {
        if (outputs.isEmpty() && windowOptions.none) {
            throw Failure.usage(
                    "Without a window, say where the pictures go: --output FILE, v4l2:/dev/videoN or null:.");
        }
        return stream.settings(source(), SourceSpec.Options.ALL, outputs, true);
    }

    private List<String> arguments() {
        return spec == null
                ? List.of()
                : spec.commandLine().getParent().getParseResult().originalArgs();
    }

    private List<Backgrounds> backgrounds() {
        List<Backgrounds> all = new ArrayList<>();
        all.add(Backgrounds.parse(stream.look.background));
        windowOptions.next.forEach(each -> all.add(Backgrounds.parse(each)));
        return all;
    }

    private Window.Options window() {
        return new Window.Options(
                "Handsover",
                WIDTH,
                HEIGHT,
                windowOptions.fullScreen,
                windowOptions.frameless,
                windowOptions.onTop,
                windowOptions.seeThrough,
                !windowOptions.noVsync);
    }

    /** Everything that is no camera is made to come at the pace of its time stamps, recordings for ever. */
    private SourceSpec source() {
        boolean plain = source.startsWith("pattern:") && !source.contains("live=");
        SourceSpec spec =
                SourceSpec.parseLive(plain ? source + (source.contains("?") ? "&live=1" : "?live=1") : source);
        return switch (spec) {
            case SourceSpec.Live(SourceSpec.Images _, boolean _) ->
                throw Failure.usage("A folder of pictures has no pace; name a video or a camera.");
            case SourceSpec.Live(SourceSpec.Video video, boolean _) -> new SourceSpec.Live(video, true);
            default -> spec;
        };
    }

    @Override
    public Integer call() throws InterruptedException {
        if (pictures < 0) {
            throw Failure.usage("--pictures takes a whole number from 1, or 0 to go on, not " + pictures + ".");
        }
        Duration limit = runFor == null ? Duration.ZERO : Converters.time(runFor);
        LiveReport report = new LiveReport(tell.quiet || tell.json);
        Settings settings = settings();
        LiveDesk desk = windowOptions.none
                ? null
                : new LiveDesk(
                        report, new LiveKeys(backgrounds(), settings.outputs().isEmpty()), windowOptions.allowRaw);
        Live.Viewer viewer = desk == null ? report : desk;
        Live live = new Live(settings, new Live.Options(failOpen, !noBudget, limit, pictures, microphone), viewer);
        Live.Summary summary = Interruption.run(
                new Interruption.Work<Live.Summary>() {
                    @Override
                    public Live.Summary run() throws InterruptedException {
                        try (SettingsWatch _ = new SettingsWatch(arguments(), tell.config, live, viewer::note)) {
                            return desk == null ? live.run() : desk.run(live, window());
                        } finally {
                            // an output that failed is no reason to be silent about the others
                            tell(live.summary(), report);
                        }
                    }

                    @Override
                    public void stop() {
                        live.stop();
                    }
                },
                _ -> {});
        return summary.pictures() == 0 ? Failure.Kind.INPUT.exitCode() : 0;
    }

    private void tell(Live.@Nullable Summary done, LiveReport report) {
        if (done == null) {
            return; // it never began
        }
        if (tell.json) {
            System.out.println(new GsonBuilder()
                    .disableHtmlEscaping()
                    .setPrettyPrinting()
                    .create()
                    .toJson(LiveReport.object(done)));
        } else {
            report.tell(done);
        }
    }
}
