package dev.handsover.segment;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.handsover.frame.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that the program knows about a model, read from {@code models/NAME.json}; docs/models.md explains every field.
 *
 * @param name the card's file name without its ending
 * @param file the network; the card itself where there is a {@code method} instead
 * @param sha256 of the network's bytes in lower-case hex; empty when the card does not vouch for them
 * @param iou on held-out pictures as the card tells it; NaN when it tells none
 * @param method for masks without a network; null for a network
 */
public record ModelCard(
        String name,
        String title,
        Path file,
        String sha256,
        Input input,
        Output output,
        String licence,
        String data,
        double iou,
        @Nullable ClassicMethod method) {
    /** Order of a tensor's dimensions after the batch of one. */
    public enum Layout {
        NCHW,
        NHWC
    }

    /** What one number of the input is. */
    public enum Element {
        FLOAT32,
        UINT8
    }

    /** What the network's numbers are, and how they become probabilities. */
    public enum Activation {
        /** Already 0..1, one channel a class. */
        PROBABILITY,
        /** Logits of classes that do not exclude each other. */
        SIGMOID,
        /** Logits of classes that exclude each other. */
        SOFTMAX
    }

    /**
     * The input tensor: {@code value = (code − mean) / std} for R'G'B' codes 0..255.
     *
     * @param bgr blue first
     * @param multiple widths and heights are {@code k · multiple + extra}
     * @param pixels about how many; the aspect is the frame's
     * @param live about how many where frames do not wait, at most {@code pixels}
     * @param mean three codes, red first
     * @param std three divisors, red first
     */
    public record Input(
            String name,
            Layout layout,
            Element element,
            boolean bgr,
            int multiple,
            int extra,
            int pixels,
            int live,
            List<Double> mean,
            List<Double> std) {
        /** As large live as otherwise. */
        public Input(
                String name,
                Layout layout,
                Element element,
                boolean bgr,
                int multiple,
                int extra,
                int pixels,
                List<Double> mean,
                List<Double> std) {
            this(name, layout, element, bgr, multiple, extra, pixels, pixels, mean, std);
        }

        public Input {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            if (multiple < 1 || extra < 0 || live < 256 || pixels < live) {
                throw Failure.model("size needs multiple ≥ 1, extra ≥ 0, live ≥ 256 and pixels ≥ live");
            }
            if (mean.size() != 3 || std.size() != 3 || std.contains(0.0)) {
                throw Failure.model("mean and std need three numbers each, std none of them 0");
            }
        }

        /**
         * The size nearest to an aspect (width over height) within a budget of pixels: among the heights that fit, the pair
         * whose aspect is nearest, counting a size that leaves the budget unused as worse.
         */
        public int[] sizeFor(double aspect, int budget) {
            int limit = (int) Math.round(budget * 1.08);
            int[] best = {multiple + extra, multiple + extra};
            double least = Double.MAX_VALUE;
            for (int h = multiple + extra; (long) h * (multiple + extra) <= limit; h += multiple) {
                for (int w = multiple + extra; (long) w * h <= limit; w += multiple) {
                    double stretch = Math.abs(Math.log((double) w / h / aspect));
                    double unused = Math.abs(Math.log((double) w * h / budget));
                    double cost = stretch + unused * 0.5;
                    if (cost < least - 1e-12) {
                        least = cost;
                        best = new int[] {w, h};
                    }
                }
            }
            return best;
        }
    }

    /**
     * The output tensor.
     *
     * @param classes a name for each channel; with SOFTMAX the first is what is none of the others
     * @param keep names of the classes that count as kept unless the user says otherwise
     * @param alignCorners the first and last cells lie on the input's first and last pixels instead of covering their share
     */
    public record Output(
            String name,
            Layout layout,
            Activation activation,
            List<String> classes,
            List<String> keep,
            boolean alignCorners) {
        public Output {
            classes = List.copyOf(classes);
            keep = List.copyOf(keep);
            if (classes.isEmpty() || classes.size() > 255 || !classes.containsAll(keep) || keep.isEmpty()) {
                throw Failure.model("keep must name some of the classes, and there may be 1 to 255 of them");
            }
        }
    }

    /** Where models stand: beside the program, then the user's own. */
    static List<Path> folders() {
        String data = System.getenv("XDG_DATA_HOME");
        Path own = data == null || data.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "share")
                : Path.of(data);
        return List.of(
                Path.of(System.getProperty("handsover.home", "."), "models"),
                own.resolve("handsover").resolve("models"));
    }

    /** All cards in the model folders, by name. */
    public static List<ModelCard> all() {
        List<ModelCard> cards = new ArrayList<>();
        for (Path folder : folders()) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(f -> f.toString().endsWith(".json")).sorted().forEach(f -> cards.add(read(f)));
                } catch (IOException e) {
                    throw Failure.model("The folder of models " + folder + " cannot be read: " + e.getMessage() + ".");
                }
            }
        }
        return cards;
    }

    /** Finds a model by name, a card by path ({@code .json}), or a network by path ({@code .onnx}). */
    public static ModelCard find(String argument) {
        if (argument.endsWith(".json")) {
            return read(Path.of(argument));
        }
        if (argument.endsWith(".onnx")) {
            Path beside = Path.of(argument.substring(0, argument.length() - 5) + ".json");
            return Files.exists(beside) ? read(beside) : BareNetwork.card(Path.of(argument));
        }
        for (Path folder : folders()) {
            Path card = folder.resolve(argument + ".json");
            if (Files.exists(card)) {
                return read(card);
            }
        }
        List<String> names = all().stream().map(ModelCard::name).toList();
        throw Failure.model("There is no model \"" + argument + "\"; there are " + String.join(", ", names)
                + ", or name a card (.json) or a network (.onnx).");
    }

    /** Reads and checks a card; the network itself is looked at by {@link #verify}. */
    public static ModelCard read(Path card) {
        String text;
        try {
            text = Files.readString(card);
        } catch (IOException e) {
            throw Failure.model("The model card " + card + " cannot be read; check the name.", e);
        }
        try {
            return CardReader.parse(card, JsonParser.parseString(text).getAsJsonObject());
        } catch (Failure e) {
            throw Failure.model("The model card " + card + " is wrong: " + e.sentence() + ".");
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | ClassCastException
                | UnsupportedOperationException e) {
            throw Failure.model("The model card " + card + " is not what docs/models.md describes: "
                    + String.valueOf(e.getMessage())
                            .lines()
                            .findFirst()
                            .orElse("")
                            .replaceFirst("^[\\w.]+Exception: ", "")
                    + ".");
        }
    }

    /** Checks that the network is there and is the one that the card describes; methods without one are always whole. */
    public void verify() {
        if (method != null) {
            return;
        }
        if (!Files.isReadable(file)) {
            throw Failure.model(
                    "The network " + file + " of model \"" + name + "\" is missing; restore it, e.g. with git.");
        }
        if (!sha256.isEmpty() && !digest(file).equals(sha256)) {
            throw Failure.model("The network " + file + " is not the one that its card " + name
                    + ".json describes (checksum differs): restore it, or mend the card's sha256.");
        }
    }

    /** SHA-256 of a file in lower-case hex. */
    public static String digest(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                byte[] buffer = new byte[1 << 16];
                while (in.read(buffer) >= 0) {
                    // the stream feeds the digest
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw Failure.model("The network " + file + " cannot be read: " + e.getMessage() + ".");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Indices of the kept classes: the user's words, or the card's. */
    public boolean[] kept(List<String> wanted) {
        List<String> names = wanted.isEmpty() ? output.keep() : wanted;
        boolean[] kept = new boolean[output.classes().size()];
        for (String name : names) {
            int index = output.classes().indexOf(name);
            if (index < 0) {
                throw Failure.usage("Model \"" + this.name + "\" has no class \"" + name + "\"; it has "
                        + String.join(", ", output.classes()) + ".");
            }
            kept[index] = true;
        }
        return kept;
    }
}
