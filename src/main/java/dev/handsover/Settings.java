package dev.handsover;

import dev.handsover.capture.Fit;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.sink.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one run needs to know, checked. Flags and YAML both end here.
 *
 * @param source where frames come from
 * @param capture limits and cuts of the source
 * @param model name, card or network
 * @param layers files behind, under and over the hands
 * @param size of the pictures, or null for the frames' own
 * @param outputs at least one
 * @param force existing files are replaced
 */
public record Settings(
        SourceSpec source,
        SourceSpec.Options capture,
        ModelChoice model,
        MatteSettings matte,
        Look look,
        LayerFiles layers,
        @Nullable Size size,
        List<Output> outputs,
        Output.Encoding encoding,
        boolean force,
        Tuning tuning) {

    /**
     * Which network, and what of it.
     *
     * @param name of a shipped card, or a path to a card or a network
     * @param keep class names; empty keeps what the card says
     * @param pixels about how many input pixels; 0 is the card's own
     */
    public record ModelChoice(String name, List<String> keep, int pixels) {
        public ModelChoice {
            keep = List.copyOf(keep);
            if (pixels < 0 || pixels > 4_000_000) {
                throw Failure.usage("--model-pixels goes from 1024 to 4000000, not " + pixels + ".");
            }
        }
    }

    /**
     * The files of a look.
     *
     * @param background a picture, a video or a folder of slides; null for backgrounds that need no file
     * @param fit how pictures of another aspect fill the canvas: cover, contain, stretch or tile
     * @param slideEvery how long each slide stands
     * @param under between background and hands, lowest first
     * @param over above the hands, lowest first
     */
    public record LayerFiles(
            @Nullable Path background, Fit fit, Duration slideEvery, List<Path> under, List<Path> over) {
        public LayerFiles {
            under = List.copyOf(under);
            over = List.copyOf(over);
            if (slideEvery.isNegative() || slideEvery.isZero()) {
                throw Failure.usage("--slide-every takes a time above zero, e.g. 5s.");
            }
        }
    }

    /** Pixels of the output. */
    public record Size(int width, int height) {
        public Size {
            if (width < 2 || height < 2 || width > PictureFormat.MAX_SIDE || height > PictureFormat.MAX_SIDE) {
                throw Failure.usage("--size takes WIDTHxHEIGHT from 2x2 to 16384x16384, e.g. 1280x720.");
            }
        }
    }

    /** Which compositor draws. */
    public enum CompositorChoice {
        AUTO,
        CPU,
        GL
    }

    /**
     * How the work is spread; 0 is chosen by measurement.
     *
     * @param workers frames whose network runs at the same time
     * @param threads of ONNX Runtime for one frame
     */
    public record Tuning(CompositorChoice compositor, int workers, int threads) {
        public static final Tuning AUTO = new Tuning(CompositorChoice.AUTO, 0, 0);

        public Tuning {
            if (workers < 0 || workers > 64 || threads < 0 || threads > 64) {
                throw Failure.usage("--workers and --threads go from 1 to 64.");
            }
        }
    }

    public Settings {
        outputs = List.copyOf(outputs);
        if (outputs.isEmpty()) {
            throw Failure.usage("Say where the result goes: a file after the input, or --output.");
        }
        if (new HashSet<>(outputs).size() < outputs.size()) {
            throw Failure.usage("The same output is named twice; give each its own name.");
        }
        for (Output output : outputs) {
            if (source instanceof SourceSpec.Video in
                    && output instanceof Output.Video out
                    && samePath(in.path(), out.path())) {
                throw Failure.usage("Input and output are the same file, " + in.path() + "; choose another output.");
            }
        }
    }

    private static boolean samePath(Path a, Path b) {
        return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }

    /** The same run from another place to another, for folders of single pictures. */
    public Settings with(SourceSpec newSource, List<Output> newOutputs) {
        return new Settings(newSource, capture, model, matte, look, layers, size, newOutputs, encoding, force, tuning);
    }
}
