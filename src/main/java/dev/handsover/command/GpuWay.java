package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ways to run everything that {@code gpu-check} sets against each other, worst first. */
enum GpuWay {
    CPU("cpu", Settings.CompositorChoice.CPU),
    GL("auto", Settings.CompositorChoice.RESIDENT),
    CUDA("cuda", Settings.CompositorChoice.AUTO),
    TENSORRT("tensorrt", Settings.CompositorChoice.AUTO);

    /** The plainest look. */
    static final Look PLAIN = Look.over(new Look.Background.Color(0));

    private final String device;
    private final Settings.CompositorChoice compositor;

    GpuWay(String device, Settings.CompositorChoice compositor) {
        this.device = device;
        this.compositor = compositor;
    }

    String title() {
        return this == GL ? "gl+cpu" : device;
    }

    boolean onCard() {
        return this == CUDA || this == TENSORRT;
    }

    /** Whether a run's tier is this way, and not one that stood in for it. */
    boolean is(String tier) {
        return switch (this) {
            case CPU -> true;
            case GL -> tier.startsWith("gl+cpu");
            case CUDA, TENSORRT -> tier.contains("CUDA on ") || tier.contains("TensorRT on ");
        };
    }

    /** Whether a tier's pictures are the processor's work, OpenGL's included. */
    static boolean software(String tier) {
        String low = tier.toLowerCase(Locale.ROOT);
        return low.contains("cpu compositor") || low.matches(".*(llvmpipe|softpipe|swrast).*");
    }

    /** For people: the way of a run, and whether it was software. */
    String named(String tier) {
        return title() + (software(tier) ? " (software)" : "");
    }

    /** A run of a source this way. */
    Settings settings(SourceSpec source, Look look, Output output, Output.Encoding encoding, @Nullable Path library) {
        return new Settings(
                source,
                SourceSpec.Options.ALL,
                new Settings.ModelChoice("hands", List.of(), 0),
                MatteSettings.DEFAULT,
                look,
                Settings.LayerFiles.NONE,
                null,
                List.of(output),
                encoding,
                true,
                new Settings.Tuning(compositor, 0, 0, 1, Tiers.Wish.parse(device, onCard(), library)));
    }

    /** Says which tier runs, or why none does. */
    boolean works(GpuReport report, @Nullable Path library) throws InterruptedException {
        try {
            SourceSpec two = SourceSpec.parse("pattern:hands?size=320x192&frames=2");
            Settings settings = settings(two, PLAIN, new Output.Null(), Output.Encoding.AUTO, library);
            String tier = new Pipeline(settings, Console.choose(true)).run().tier();
            report.fact("tier " + title(), tier);
            return is(tier);
        } catch (Failure e) {
            report.fact("tier " + title(), e.sentence());
            return false;
        }
    }
}
