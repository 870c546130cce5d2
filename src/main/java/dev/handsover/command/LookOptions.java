package dev.handsover.command;

import dev.handsover.Settings.CompositorChoice;
import dev.handsover.Settings.LayerFiles;
import dev.handsover.Settings.ModelChoice;
import dev.handsover.Settings.Tuning;
import dev.handsover.capture.Fit;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.Tiers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which hands are kept and what stands behind them: the same for every command that draws. */
final class LookOptions {
    @Option(
            names = "--background",
            paramLabel = "WHAT",
            defaultValue = "color:#204060",
            description =
                    "What replaces the room: a picture, a video (looped), a folder of slides, color:#204060 or a name"
                            + " (color:navy), blur:25 or pixelate:24 (of the room), transparent, none (the room stays: for --under,"
                            + " --over and --only-mask). Default: ${DEFAULT-VALUE}")
    String background = "";

    @Option(
            names = "--fit",
            paramLabel = "HOW",
            defaultValue = "cover",
            description = "How a picture of another shape fills the canvas: cover, contain, stretch, tile. Default:"
                    + " ${DEFAULT-VALUE}")
    String fit = "";

    @Option(
            names = "--slide-every",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "How long each slide of a folder stands. Default: ${DEFAULT-VALUE}")
    String slideEvery = "";

    @Option(
            names = "--under",
            paramLabel = "FILE",
            split = ConfigFile.LIST_SEPARATOR,
            hideParamSyntax = true,
            description = "A picture or video with alpha between background and hands; may be repeated, lowest first.")
    List<Path> under = new ArrayList<>();

    @Option(
            names = "--over",
            paramLabel = "FILE",
            split = ConfigFile.LIST_SEPARATOR,
            hideParamSyntax = true,
            description = "A picture or video with alpha above the hands; may be repeated, lowest first.")
    List<Path> over = new ArrayList<>();

    @Option(
            names = "--hands-position",
            paramLabel = "X,Y,SCALE[,flip]",
            description =
                    "Moves the hands by X canvas widths to the right and Y canvas heights down, and scales them about"
                            + " their middle (0.05 to 20); flip turns them left to right.")
    @Nullable String handsPosition;

    @Option(
            names = "--place-perspective",
            paramLabel = "X1,Y1,…,X4,Y4",
            description =
                    "Straightens a desk filmed at an angle: its four corners clockwise from the top left, as fractions"
                            + " of the picture, become the corners of the canvas.")
    @Nullable String perspective;

    @Option(names = "--mirror", description = "Shows the hands as in a looking glass.")
    boolean mirror;

    @Option(
            names = "--spill",
            paramLabel = "0..1",
            defaultValue = "0",
            description = "Takes the old background's colour out of the hands' edges. Default: ${DEFAULT-VALUE}")
    float spill;

    @Option(
            names = "--light-wrap",
            paramLabel = "0..1",
            defaultValue = "0",
            description =
                    "Lets light of the new background fall on the hands' edges; 0.3 is plenty before dark ones. Default: ${DEFAULT-VALUE}")
    float lightWrap;

    @Option(names = "--linear", description = "Blends in linear light: softer dark edges, slower.")
    boolean linear;

    @Option(names = "--only-mask", description = "Writes the matte as gray video instead of a picture.")
    boolean onlyMask;

    @Option(names = "--colors", description = "With --only-mask and a network of several classes: each in its colour.")
    boolean colors;

    @Option(
            names = "--threshold",
            paramLabel = "0.05..0.95",
            description = "Probability from which a pixel counts as hand. Higher keeps less. Default: ${DEFAULT-VALUE}")
    float threshold = MatteSettings.DEFAULT.threshold();

    @Option(
            names = "--feather",
            paramLabel = "0..50",
            description = "Width of the soft edge in pixels of a 720-line picture. Default: ${DEFAULT-VALUE}")
    float feather = MatteSettings.DEFAULT.feather();

    @Option(
            names = "--grow",
            paramLabel = "-50..50",
            description = "Moves the edge outwards (or, negative, inwards) by pixels of a 720-line picture. Default:"
                    + " ${DEFAULT-VALUE}")
    float grow = MatteSettings.DEFAULT.grow();

    @Option(
            names = "--smooth",
            paramLabel = "0..1",
            description = "How steady still parts are held over time; moving parts are never delayed. Default:"
                    + " ${DEFAULT-VALUE}")
    float smooth = MatteSettings.DEFAULT.smooth();

    @Option(names = "--invert", description = "Keeps everything but the hands.")
    boolean invert;

    @Option(
            names = "--opacity",
            paramLabel = "0..1",
            description = "How solid the hands are. Default: ${DEFAULT-VALUE}")
    float opacity = MatteSettings.DEFAULT.opacity();

    @Option(
            names = "--min-area",
            paramLabel = "0..0.5",
            description = "Drops specks smaller than this share of the picture. Default: 0.0005")
    float minArea = MatteSettings.DEFAULT.minArea();

    @Option(
            names = "--fill-holes",
            paramLabel = "0..0.5",
            description = "Fills holes smaller than this share of the picture. Default: 0.0005")
    float fillHoles = MatteSettings.DEFAULT.fillHoles();

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE",
            defaultValue = "hands",
            description = "A network by name (see the models command), a card (.json) or a network (.onnx). Default:"
                    + " ${DEFAULT-VALUE}")
    String model = "";

    @Option(
            names = "--keep",
            paramLabel = "CLASS",
            split = ",",
            description =
                    "Which classes of the network are kept; models --classes lists them. Default: the card's choice")
    List<String> keep = new ArrayList<>();

    @Option(
            names = "--model-pixels",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "About how many pixels the network sees, 1024 to 4000000, e.g. 61440 for 320x192; more is finer"
                            + " and slower."
                            + " Default: the card's choice, which is smaller for live")
    int modelPixels;

    @Option(
            names = "--compositor",
            paramLabel = "auto|cpu|gl",
            defaultValue = "auto",
            description = "What draws: auto measures once and says what it took. Default: ${DEFAULT-VALUE}")
    String compositor = "";

    @Option(
            names = "--workers",
            paramLabel = "1..64",
            defaultValue = "0",
            description = "Frames whose network runs at the same time. Default: one a core, at most 4")
    int workers;

    @Option(
            names = "--threads",
            paramLabel = "1..64",
            defaultValue = "0",
            description = "ONNX Runtime's threads for one frame. Default: 1, since more workers cost less CPU")
    int threads;

    @Option(
            names = "--network-every",
            paramLabel = "1..4",
            defaultValue = "1",
            description = "The network sees one frame in so many; between them its mask moves along with the picture."
                    + " Faster, but hands that appear come late. Default: ${DEFAULT-VALUE}")
    int networkEvery;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda|tensorrt[:N]",
            defaultValue = "auto",
            description = "What runs the network: auto takes the best that proves itself; :1 is the second card."
                    + " openvino, xnnpack, coreml, dml and migraphx where ONNX Runtime has them."
                    + " Default: ${DEFAULT-VALUE}")
    String device = "";

    @Option(names = "--require-gpu", description = "Ends with code 5 rather than run the network on the processor.")
    boolean requireGpu;

    @Option(
            names = "--ort-library",
            paramLabel = "FILE",
            description =
                    "Another build of ONNX Runtime, e.g. one with CUDA 13: its libonnxruntime.so or onnxruntime.dll.")
    @Nullable Path ortLibrary;

    ModelChoice model() {
        return new ModelChoice(model, keep, modelPixels);
    }

    /** For frames that do not wait. */
    ModelChoice liveModel() {
        return modelPixels > 0
                ? model()
                : new ModelChoice(model, keep, ModelCard.find(model).input().live());
    }

    MatteSettings matte() {
        return new MatteSettings(threshold, feather, grow, smooth, invert, opacity, minArea, fillHoles);
    }

    Look look() {
        Look.Background kind = Backgrounds.parse(background).kind();
        if (kind instanceof Look.Background.Room && !onlyMask && under.isEmpty() && over.isEmpty()) {
            throw Failure.usage("--background none leaves the room as it is: add --under, --over or --only-mask.");
        }
        return new Look(kind, placement(), mirror, spill, lightWrap, linear, onlyMask, colors);
    }

    private Look.Placement placement() {
        if (handsPosition != null && perspective != null) {
            throw Failure.usage("--hands-position and --place-perspective exclude each other.");
        }
        if (perspective != null) {
            float[] c = Converters.numbers("--place-perspective", perspective, 8);
            return new Look.Placement.Corners(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
        }
        if (handsPosition == null) {
            return new Look.Placement.Whole();
        }
        boolean flip = handsPosition.endsWith(",flip");
        String text = flip ? handsPosition.substring(0, handsPosition.length() - 5) : handsPosition;
        float[] p = Converters.numbers("--hands-position", text, 3);
        return new Look.Placement.Shifted(p[0], p[1], p[2], flip);
    }

    LayerFiles layers() {
        return new LayerFiles(
                Backgrounds.parse(background).file().orElse(null),
                oneOf(Fit.class, "--fit", fit),
                Converters.time(slideEvery),
                under,
                over);
    }

    Tuning tuning() {
        return new Tuning(
                oneOf(CompositorChoice.class, "--compositor", compositor),
                workers,
                threads,
                networkEvery,
                Tiers.Wish.parse(device, requireGpu, ortLibrary));
    }

    private static <E extends Enum<E>> E oneOf(Class<E> type, String flag, String word) {
        List<String> words = new ArrayList<>();
        for (E value : type.getEnumConstants()) {
            String name = value.name().toLowerCase(Locale.ROOT);
            if (name.equals(word.toLowerCase(Locale.ROOT))) {
                return value;
            }
            words.add(name);
        }
        throw Failure.usage(flag + " is one of " + String.join(", ", words) + ", not \"" + word + "\".");
    }
}
