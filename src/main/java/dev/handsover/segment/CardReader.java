package dev.handsover.segment;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handsover.frame.Failure;
import dev.handsover.segment.ModelCard.Activation;
import dev.handsover.segment.ModelCard.Element;
import dev.handsover.segment.ModelCard.Input;
import dev.handsover.segment.ModelCard.Layout;
import dev.handsover.segment.ModelCard.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From a card's JSON to what it says; a key that docs/models.md does not know is a fault. */
final class CardReader {
    private CardReader() {}

    static ModelCard parse(Path card, JsonObject root) {
        return switch (text(root, "kind", "network")) {
            case "network" -> network(card, root);
            case "classic" -> classic(card, root);
            default -> throw Failure.model("kind is network or classic");
        };
    }

    private static ModelCard network(Path card, JsonObject root) {
        known(
                root,
                Set.of("kind", "title", "file", "sha256", "input", "output", "licence", "data", "metrics", "notes"));
        JsonObject in = root.getAsJsonObject("input");
        JsonObject out = root.getAsJsonObject("output");
        if (in == null || out == null) {
            throw Failure.model("input and output are missing");
        }
        known(in, Set.of("name", "layout", "type", "order", "size", "mean", "std"));
        known(out, Set.of("name", "layout", "activation", "classes", "keep", "align"));
        Path folder = card.toAbsolutePath().getParent();
        return card(
                card,
                root,
                (folder == null ? Path.of(".") : folder).resolve(text(root, "file", "")),
                input(in, Layout.NCHW, Element.FLOAT32),
                output(out),
                null);
    }

    /** A method takes bytes in the order that its code reads them; the card says only how many cells it likes. */
    private static ModelCard classic(Path card, JsonObject root) {
        known(root, Set.of("kind", "title", "method", "input", "output", "licence", "data", "metrics", "notes"));
        JsonObject in = root.has("input") ? root.getAsJsonObject("input") : new JsonObject();
        JsonObject out = root.getAsJsonObject("output");
        JsonObject method = root.getAsJsonObject("method");
        if (method == null || out == null) {
            throw Failure.model("method and output are missing");
        }
        known(in, Set.of("size"));
        known(out, Set.of("classes", "keep"));
        return card(card, root, card, input(in, Layout.NHWC, Element.UINT8), output(out), method(method));
    }

    private static ModelCard card(
            Path card, JsonObject root, Path file, Input input, Output output, @Nullable ClassicMethod method) {
        String base = card.getFileName().toString();
        JsonObject metrics = root.has("metrics") ? root.getAsJsonObject("metrics") : new JsonObject();
        return new ModelCard(
                base.substring(0, base.length() - 5),
                text(root, "title", base),
                file,
                text(root, "sha256", "").toLowerCase(Locale.ROOT),
                input,
                output,
                text(root, "licence", "not stated"),
                text(root, "data", "not stated"),
                metrics.has("iou") ? metrics.get("iou").getAsDouble() : Double.NaN,
                method);
    }

    private static Input input(JsonObject in, Layout layout, Element element) {
        JsonObject size = in.has("size") ? in.getAsJsonObject("size") : new JsonObject();
        known(size, Set.of("multiple", "extra", "pixels", "live"));
        int pixels = number(size, "pixels", 61440);
        return new Input(
                text(in, "name", ""),
                Layout.valueOf(text(in, "layout", layout.name()).toUpperCase(Locale.ROOT)),
                Element.valueOf(text(in, "type", element.name()).toUpperCase(Locale.ROOT)),
                text(in, "order", "rgb").equals("bgr"),
                number(size, "multiple", 32),
                number(size, "extra", 0),
                pixels,
                number(size, "live", pixels),
                in.has("mean") ? numbers(in.get("mean")) : List.of(0.0, 0.0, 0.0),
                in.has("std") ? numbers(in.get("std")) : List.of(1.0, 1.0, 1.0));
    }

    private static Output output(JsonObject out) {
        return new Output(
                text(out, "name", ""),
                Layout.valueOf(text(out, "layout", "nchw").toUpperCase(Locale.ROOT)),
                Activation.valueOf(text(out, "activation", "probability").toUpperCase(Locale.ROOT)),
                words(out.get("classes")),
                words(out.get("keep")),
                text(out, "align", "cells").equals("corners"));
    }

    private static ClassicMethod method(JsonObject method) {
        String name = text(method, "name", "");
        known(method, name.equals("skin-gmm") ? Set.of("name", "prior", "skin", "other") : Set.of("name"));
        return switch (name) {
            case "otsu" -> new ClassicMethod.Otsu();
            case "ridler-calvard" -> new ClassicMethod.RidlerCalvard();
            case "skin-gmm" ->
                new ClassicMethod.SkinGmm(
                        needed(method, "prior").getAsDouble(),
                        mixture(needed(method, "skin")),
                        mixture(needed(method, "other")));
            default -> throw Failure.model("the method is otsu, ridler-calvard or skin-gmm");
        };
    }

    private static List<ClassicMethod.Normal> mixture(JsonElement rows) {
        return rows.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(row -> {
                    known(row, Set.of("weight", "mean", "covariance"));
                    return new ClassicMethod.Normal(
                            needed(row, "weight").getAsDouble(),
                            numbers(needed(row, "mean")),
                            needed(row, "covariance").getAsJsonArray().asList().stream()
                                    .map(CardReader::numbers)
                                    .toList());
                })
                .toList();
    }

    private static void known(JsonObject object, Set<String> keys) {
        for (String key : object.keySet()) {
            if (!keys.contains(key)) {
                throw Failure.model("\"" + key + "\" is unknown here; there are "
                        + String.join(", ", keys.stream().sorted().toList()));
            }
        }
    }

    private static JsonElement needed(JsonObject object, String key) {
        JsonElement value = object.get(key);
        if (value == null) {
            throw Failure.model("\"" + key + "\" is missing");
        }
        return value;
    }

    private static String text(JsonObject object, String key, String otherwise) {
        return object.has(key) ? object.get(key).getAsString() : otherwise;
    }

    private static int number(JsonObject object, String key, int otherwise) {
        return object.has(key) ? object.get(key).getAsInt() : otherwise;
    }

    private static List<Double> numbers(JsonElement element) {
        return element.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsDouble)
                .toList();
    }

    private static List<String> words(@Nullable JsonElement element) {
        return element == null
                ? List.of()
                : element.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsString)
                        .toList();
    }
}
