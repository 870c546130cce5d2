package dev.handsover;

import dev.handsover.capture.Fit;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything one run needs to know, checked. Flags and YAML both end here.
 *
 * @param source where frames come from
 * @param capture limits and cuts of the source
 * @param model name, card or network
 * @param layers files behind, under and over the hands
 * @param size of the pictures, or null for the frames' own
 * @param outputs where pictures go; none where a window shows them
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
        /** For looks without files. */
        public static final LayerFiles NONE =
                new LayerFiles(null, Fit.COVER, Duration.ofSeconds(5), List.of(), List.of());

        /** One file behind the hands, or none. */
        public static LayerFiles behind(@Nullable Path background) {
            return new LayerFiles(background, NONE.fit, NONE.slideEvery, List.of(), List.of());
        }

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
        GL,
        /** OpenGL, and all between frame and picture but the network with it. */
        RESIDENT
    }

    /**
     * How the work is spread; 0 is chosen by measurement.
     *
     * @param workers frames whose network runs at the same time
     * @param threads of ONNX Runtime for one frame
     * @param networkEvery the network sees every so-manieth frame; between them its mask is carried along with the motion
     * @param device what shall run the network
     */
    public record Tuning(CompositorChoice compositor, int workers, int threads, int networkEvery, Tiers.Wish device) {
        public static final Tuning AUTO = new Tuning(CompositorChoice.AUTO, 0, 0, 1);

        /** On whatever is best here. */
        public Tuning(CompositorChoice compositor, int workers, int threads, int networkEvery) {
            this(compositor, workers, threads, networkEvery, Tiers.Wish.AUTO);
        }

        public Tuning {
            if (compositor == CompositorChoice.CPU && device.required()) {
                throw Failure.usage("--require-gpu and --compositor cpu exclude each other.");
            }
            if (networkEvery < 1 || networkEvery > 4) {
                throw Failure.usage("--network-every goes from 1 to 4, not " + networkEvery + ".");
            }
            if (workers < 0 || workers > 64 || threads < 0 || threads > 64) {
                throw Failure.usage("--workers and --threads go from 1 to 64.");
            }
        }
    }

    public Settings {
        outputs = List.copyOf(outputs);
        List<Path> places =
                outputs.stream().map(Output::place).flatMap(Optional::stream).toList();
        for (int i = 0; i < places.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (samePath(places.get(i), places.get(j))) {
                    throw Failure.usage(
                            "The same output, " + places.get(i) + ", is named twice; give each its own name.");
                }
            }
            if (readFrom(source, places.get(i))) {
                throw Failure.usage("Input and output are the same, " + places.get(i) + "; choose another output.");
            }
        }
    }

    /** Whether the source's own files lie in that place. */
    private static boolean readFrom(SourceSpec source, Path place) {
        return switch (source) {
            case SourceSpec.Video(Path path) -> samePath(path, place);
            case SourceSpec.Images(String pattern) -> {
                Path path = Path.of(pattern);
                Path folder =
                        Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
                yield samePath(path, place) || folder != null && Files.isDirectory(place) && samePath(folder, place);
            }
            default -> false;
        };
    }

    /** Also when links give one file two names. */
    private static boolean samePath(Path a, Path b) {
        try {
            if (Files.exists(a) && Files.exists(b)) {
                return Files.isSameFile(a, b);
            }
        } catch (IOException e) {
            // compared by name then
        }
        return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }

    /** The same run from another place to another, for folders of single pictures. */
    public Settings with(SourceSpec newSource, List<Output> newOutputs) {
        return new Settings(newSource, capture, model, matte, look, layers, size, newOutputs, encoding, force, tuning);
    }

    /** The same run with another network, or another use of it. */
    public Settings with(ModelChoice newModel, Tuning newTuning) {
        return new Settings(source, capture, newModel, matte, look, layers, size, outputs, encoding, force, newTuning);
    }

    /** The same run with another look. */
    public Settings with(MatteSettings newMatte, Look newLook, LayerFiles newLayers) {
        return new Settings(
                source, capture, model, newMatte, newLook, newLayers, size, outputs, encoding, force, tuning);
    }
}
