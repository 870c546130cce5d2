package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.DecoderWish;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.GlCompositor;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.NativeKernels;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.segment.resident.Providers;
import dev.handsover.segment.resident.ResidentNetwork;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Encoders;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what the program stands on here, and what would make it better. */
@Command(
        name = "doctor",
        description = {
            "Checks everything that the program stands on: ✔ works, ! works without, ✖ must be mended.",
            "Ends with 0 only when process would work."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int JDK = 25;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--ort-library",
            paramLabel = "FILE",
            description = "Looks at this build of ONNX Runtime instead of the one that comes with the program.")
    @Nullable Path ortLibrary;

    private boolean well = true;

    /** One check: says what it found, or throws a {@code Failure} that says what to do. */
    @FunctionalInterface
    private interface Check {
        String look() throws InterruptedException;
    }

    @Override
    public Integer call() throws InterruptedException {
        check("JDK", DoctorCommand::jdk);
        say("✔", "CPU", Runtime.getRuntime().availableProcessors() + " threads, " + cpuFeatures());
        if (NativeKernels.present()) {
            say("✔", "kernels", "C, from native/");
        } else {
            say("!", "kernels", "Java, slower: " + NativeKernels.reason() + "; install a C compiler and build again");
        }
        check("FFmpeg", Encoders::ffmpegVersion);
        check("encoders", DoctorCommand::encoders);
        try {
            DecoderWish.check(0);
            say("✔", "decoding on a card", "by --decoder cuda; what of a recording it takes, its first picture tells");
        } catch (Failure e) {
            say("!", "decoding on a card", e.sentence());
        }
        check("ONNX Runtime", Segmenter::runtimeVersion);
        providers();
        say("✔", "LWJGL", GlCompositor.version());
        try {
            say("✔", "OpenGL", GlCompositor.device());
        } catch (Failure e) {
            say("!", "OpenGL", e.sentence());
        }
        CamerasCommand.findings().forEach(spec.commandLine().getOut()::println);
        for (ModelCard card : ModelCard.all()) {
            check("model " + card.name(), () -> {
                card.verify();
                return card.method() == null ? "whole" : "no network, runs on the CPU";
            });
        }
        check("process", DoctorCommand::process);
        return well ? 0 : Failure.Kind.DEVICE.exitCode();
    }

    /** What else could run the network; nothing of it is needed. */
    private void providers() {
        try {
            Providers.Found found = Providers.tried(ortLibrary, ModelCard.find("hands"));
            say("✔", "its library", found.library() + ", " + found.version());
            for (Providers.Verdict verdict : found.verdicts()) {
                say(verdict.works() ? "✔" : "!", verdict.name(), verdict.words());
            }
        } catch (ResidentNetwork.Refusal e) {
            say("!", "its library", e.sentence());
        }
        for (Ladder.Fall tier :
                Tiers.told(new Tiers.Wish(Tiers.Device.AUTO, 0, false, ortLibrary), ModelCard.find("hands"))) {
            boolean may = tier.reason().startsWith("ready");
            say(may ? "✔" : "!", tier.tier(), tier.reason());
        }
    }

    private void check(String what, Check check) throws InterruptedException {
        try {
            say("✔", what, check.look());
        } catch (Failure e) {
            well = false;
            say("✖", what, e.sentence());
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            well = false;
            say(
                    "✖",
                    what,
                    "its native library cannot be loaded (" + e.getMessage() + "); delete target/ and start again");
        }
    }

    private void say(String mark, String what, String found) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(mark + " " + what + ": " + found);
        out.flush();
    }

    private static String jdk() {
        if (Runtime.version().feature() < JDK) {
            throw Failure.device("this is Java " + Runtime.version().feature() + "; install JDK " + JDK);
        }
        return Runtime.version() + ", " + System.getProperty("java.vendor");
    }

    /** The vector instructions that the kernels and ONNX Runtime can use. */
    private static String cpuFeatures() {
        List<String> wanted = List.of("sse4_2", "avx2", "fma", "avx512f", "avx512_vnni", "amx_int8", "asimd");
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> List.of(line.split("\\s+")))
                    .map(flags -> String.join(
                            " ", wanted.stream().filter(flags::contains).toList()))
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String encoders() {
        List<String> found = Encoders.available();
        if (found.stream().noneMatch(name -> name.contains("264"))) {
            throw Failure.device("there is no H.264 encoder; delete target/ and build again");
        }
        return String.join(", ", found);
    }

    /** A run of ten frames, which needs all of it. */
    private static String process() throws InterruptedException {
        Settings settings = new Settings(
                SourceSpec.parse("pattern:bars?size=320x192&frames=10"),
                SourceSpec.Options.ALL,
                new Settings.ModelChoice("hands", List.of(), 0),
                MatteSettings.DEFAULT,
                Look.over(new Look.Background.Color(0)),
                Settings.LayerFiles.NONE,
                null,
                List.of(new Output.Null()),
                Output.Encoding.AUTO,
                false,
                Settings.Tuning.AUTO);
        Pipeline.Summary summary = new Pipeline(settings, Console.choose(true)).run();
        return String.format(
                Locale.ROOT,
                "%d frames in %.2f s (%s)",
                summary.frames(),
                summary.wall().toNanos() / 1e9,
                summary.tier());
    }
}
