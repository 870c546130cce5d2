package dev.handsover.command;

import com.google.gson.GsonBuilder;
import dev.handsover.Live;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.sink.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
    LookOptions look = new LookOptions();

    @Mixin
    ProcessCommand.EncodingOptions encoding = new ProcessCommand.EncodingOptions();

    @Mixin
    ProcessCommand.TellOptions tell = new ProcessCommand.TellOptions();

    @Option(names = "--for", paramLabel = "TIME", description = "Ends after that time: 30s, 1:00:00. Default: never")
    @Nullable String runFor;

    @Option(
            names = "--pictures",
            paramLabel = "N",
            defaultValue = "0",
            description = "Ends after so many pictures, from 1. Default: never")
    long pictures;

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

    private Settings settings() {
        List<Output> places = new ArrayList<>();
        outputs.forEach(place -> places.add(Output.parse(place)));
        if (places.isEmpty()) {
            throw Failure.usage("Say where the pictures go: --output FILE, v4l2:/dev/videoN or null:.");
        }
        return new Settings(
                source(),
                SourceSpec.Options.ALL,
                look.modelChoice(),
                look.matte(),
                look.look(),
                look.layers(),
                encoding.size == null ? null : Converters.size(encoding.size),
                places,
                encoding.encoding(),
                encoding.force,
                look.tuning());
    }

    private SourceSpec source() {
        SourceSpec spec = SourceSpec.parse(
                source.startsWith("pattern:") && !source.contains("live=")
                        ? source + (source.contains("?") ? "&live=1" : "?live=1")
                        : source);
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration limit = runFor == null ? Duration.ZERO : Converters.time(runFor);
        LiveReport report = new LiveReport(tell.quiet || tell.json);
        Live live = new Live(settings(), new Live.Options(failOpen, !noBudget, limit, pictures), report);
        Live.Summary summary = Interruption.run(
                new Interruption.Work<Live.Summary>() {
                    @Override
                    public Live.Summary run() throws InterruptedException {
                        return live.run();
                    }

                    @Override
                    public void stop() {
                        live.stop();
                    }
                },
                done -> {
                    if (tell.json) {
                        System.out.println(new GsonBuilder()
                                .disableHtmlEscaping()
                                .setPrettyPrinting()
                                .create()
                                .toJson(LiveReport.object(done)));
                    } else {
                        report.tell(done);
                    }
                });
        return summary.pictures() == 0 ? Failure.Kind.INPUT.exitCode() : 0;
    }
}
