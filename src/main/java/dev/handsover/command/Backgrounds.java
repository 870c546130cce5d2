package dev.handsover.command;

import dev.handsover.composite.Look.Background;
import dev.handsover.frame.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --background} says.
 *
 * @param kind what replaces the room
 * @param file for {@link Background.Media}
 */
record Backgrounds(Background kind, Optional<Path> file) {
    /** The colour names of CSS level 1, and the green of a green screen. */
    private static final Map<String, Integer> NAMES = Map.ofEntries(
            Map.entry("black", 0x000000),
            Map.entry("silver", 0xC0C0C0),
            Map.entry("gray", 0x808080),
            Map.entry("grey", 0x808080),
            Map.entry("white", 0xFFFFFF),
            Map.entry("maroon", 0x800000),
            Map.entry("red", 0xFF0000),
            Map.entry("purple", 0x800080),
            Map.entry("fuchsia", 0xFF00FF),
            Map.entry("green", 0x008000),
            Map.entry("lime", 0x00FF00),
            Map.entry("olive", 0x808000),
            Map.entry("yellow", 0xFFFF00),
            Map.entry("navy", 0x000080),
            Map.entry("blue", 0x0000FF),
            Map.entry("teal", 0x008080),
            Map.entry("aqua", 0x00FFFF),
            Map.entry("orange", 0xFFA500),
            Map.entry("screen-green", 0x00B140));

    private static final List<String> WORDS = List.of("color", "blur", "pixelate", "transparent", "none");

    static Backgrounds parse(String text) {
        String word = text.strip();
        int colon = word.indexOf(':');
        String head = colon < 0 ? word : word.substring(0, colon);
        String tail = colon < 0 ? "" : word.substring(colon + 1);
        return switch (head) {
            case "color", "colour" -> plain(new Background.Color(color(tail)));
            case "blur" -> plain(new Background.Blur(tail.isEmpty() ? 25 : number("blur:RADIUS", tail)));
            case "pixelate" -> plain(new Background.Pixelate(tail.isEmpty() ? 24 : (int) number("pixelate:N", tail)));
            case "transparent" -> plain(new Background.Transparent());
            case "none" -> plain(new Background.Room());
            default ->
                word.startsWith("#")
                        ? plain(new Background.Color(color(word)))
                        : new Backgrounds(new Background.Media(), Optional.of(file(word, head)));
        };
    }

    /** A path, unless nothing is there and the word is nearly one of those that need no file. */
    private static Path file(String word, String head) {
        Path path = Path.of(word);
        if (!Files.exists(path)) {
            if (NAMES.containsKey(word.toLowerCase(Locale.ROOT))) {
                throw Failure.usage("There is no file " + word + "; the colour is written color:" + word + ".");
            }
            String meant = ConfigFile.suggestion(head, WORDS);
            if (meant.length() > 1) {
                throw Failure.usage("There is no file " + word + meant);
            }
        }
        return path;
    }

    /** One that needs no file. */
    static Backgrounds plain(Background kind) {
        return new Backgrounds(kind, Optional.empty());
    }

    private static float number(String form, String text) {
        try {
            return Float.parseFloat(text);
        } catch (NumberFormatException e) {
            throw Failure.usage("--background " + form + " takes a number, not \"" + text + "\".");
        }
    }

    private static int color(String text) {
        Integer named = NAMES.get(text.toLowerCase(Locale.ROOT));
        if (named != null) {
            return named;
        }
        String hex = text.startsWith("#") ? text.substring(1) : text;
        if (hex.matches("[0-9a-fA-F]{6}")) {
            return Integer.parseInt(hex, 16);
        }
        throw Failure.usage("\"" + text + "\" is not a colour; write color:#204060 or a name such as color:navy.");
    }
}
