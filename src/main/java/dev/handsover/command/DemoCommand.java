package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.capture.pattern.PatternSource;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: the whole program on hands that it renders itself, measured against their exact masks. */
@Command(
        name = "demo",
        description = {
            "Shows what the program does, without any input: renders gesturing hands and puts a slide behind them.",
            "Writes demo.mp4 and demo.png (source, matte and result side by side), and prints how well the hands were found"
                    + " (IoU against the exact masks, 1 is perfect)."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int FRAMES = 240;
    private static final int SHOWN = 4;
    private static final int CELL_WIDTH = 480;
    private static final int CELL_HEIGHT = 270;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "Where the two files go. Default: here")
    Path folder = Path.of(".");

    @Option(names = "--quiet", description = "Prints the figures only.")
    boolean quiet;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (PassingFolder temporary = PassingFolder.make("handsover-demo")) {
            Files.createDirectories(folder);
            Path slide = extract("slide.png", temporary.path());
            Path still = extract("still.jpg", temporary.path());
            show(slide, still);
        } catch (java.nio.file.FileSystemException e) {
            throw Failure.output("The folder " + folder + " cannot be written: " + e.getMessage() + ".", e);
        }
        return 0;
    }

    private static Path extract(String name, Path into) throws IOException {
        try (InputStream in = DemoCommand.class.getResourceAsStream("/dev/handsover/demo/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks " + name);
            }
            Path file = into.resolve(name);
            Files.copy(in, file);
            return file;
        }
    }

    private void show(Path slide, Path still) throws InterruptedException {
        SourceSpec.Pattern hands = (SourceSpec.Pattern) SourceSpec.parse("pattern:hands?frames=" + FRAMES);
        Path video = folder.resolve("demo.mp4");
        Path picture = folder.resolve("demo.png");
        Console console = Console.choose(quiet);
        Agreement agreement = new Agreement();
        try (PatternSource source = PatternSource.open(hands, SourceSpec.Options.ALL);
                FramePool pool = new FramePool(source.format().picture(), 1);
                ContactSheet sheet = new ContactSheet(
                        3,
                        SHOWN + 1,
                        CELL_WIDTH,
                        CELL_HEIGHT,
                        source.format().picture().color())) {
            PictureFormat format = source.format().picture();
            Frame truth = pool.take();
            Pipeline.Summary run = Interruption.run(new Pipeline(
                    settings(
                            hands,
                            Look.over(new Look.Background.Media()),
                            slide,
                            new Output.Video(video, "mp4"),
                            shown(2, sheet)),
                    console));
            Look mask = Look.mask();
            Consumer<Frame> judge = matte -> {
                source.truth(matte.sequence(), truth);
                agreement.add(matte, truth);
            };
            Interruption.run(new Pipeline(
                    settings(hands, mask, null, new Output.Program(judge.andThen(at(1, sheet)))),
                    Console.choose(true)));
            for (int i = 0; i < SHOWN; i++) {
                source.frame(moment(i), truth);
                sheet.put(0, i, truth);
            }
            truth.recycle();
            showStill(still, slide, mask, sheet);
            sheet.write(picture);
            print(run, agreement, video, picture, format);
        }
    }

    private static long moment(int i) {
        return 20 + (long) i * (FRAMES - 20) / SHOWN;
    }

    private static Output shown(int column, ContactSheet sheet) {
        return new Output.Program(at(column, sheet));
    }

    /** Takes the moments that the sheet shows into one of its columns. */
    private static Consumer<Frame> at(int column, ContactSheet sheet) {
        return frame -> {
            for (int i = 0; i < SHOWN; i++) {
                if (moment(i) == frame.sequence()) {
                    sheet.put(column, i, frame);
                }
            }
        };
    }

    private static void showStill(Path still, Path slide, Look mask, ContactSheet sheet) throws InterruptedException {
        SourceSpec file = SourceSpec.parse(still.toString());
        Console silent = Console.choose(true);
        Look room = Look.over(new Look.Background.Room());
        Look over = Look.over(new Look.Background.Media());
        new Pipeline(settings(file, room, null, last(0, sheet)), silent).run();
        new Pipeline(settings(file, mask, null, last(1, sheet)), silent).run();
        new Pipeline(settings(file, over, slide, last(2, sheet)), silent).run();
    }

    private static Output last(int column, ContactSheet sheet) {
        return new Output.Program(frame -> sheet.put(column, SHOWN, frame));
    }

    private static Settings settings(SourceSpec source, Look look, @Nullable Path slide, Output... outputs) {
        return new Settings(
                source,
                SourceSpec.Options.ALL,
                new Settings.ModelChoice("hands", List.of(), 0),
                MatteSettings.DEFAULT,
                look,
                Settings.LayerFiles.behind(slide),
                null,
                List.of(outputs),
                Output.Encoding.AUTO,
                true,
                Settings.Tuning.AUTO);
    }

    private void print(Pipeline.Summary run, Agreement agreement, Path video, Path picture, PictureFormat format) {
        PrintWriter out = spec.commandLine().getOut();
        double seconds = run.wall().toNanos() / 1e9;
        out.printf(
                Locale.ROOT,
                "%d frames of %d×%d in %.1f s: %.1f fps%n",
                run.frames(),
                format.width(),
                format.height(),
                seconds,
                run.frames() / seconds);
        out.println("milliseconds a frame, median: " + String.join(", ", medians(run.latency())));
        out.printf(Locale.ROOT, "IoU %.2f%n", agreement.iou());
        out.println(video + " " + picture);
        out.flush();
    }

    /** Nothing is decoded here: the hands are rendered. */
    private static String name(Stage stage) {
        return stage == Stage.PAINT ? "rendering the hands" : stage.label();
    }

    private static List<String> medians(Latency latency) {
        List<String> words = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            if (latency.count(stage) > 0 && stage.kind() == Stage.Kind.WORK) {
                words.add(String.format(Locale.ROOT, "%s %.1f", name(stage), latency.millis(stage, 50)));
            }
        }
        return words;
    }
}
