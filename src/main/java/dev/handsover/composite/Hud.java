package dev.handsover.composite;

import dev.handsover.composite.Look.Placement.Corners;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a window shows over the picture, and no other output does. In a line a tab parts a name from its value.
 *
 * @param lines of the panel at the top left, which ends with the window's own latency and its curve; empty for no panel
 * @param help lines of a panel in the middle, as {@link #keys} gives them; empty for none
 * @param message a sentence at the bottom, or empty
 * @param budgetMillis age of a picture up to which the curve counts it as good, ms
 * @param corners four corners to be dragged by the mouse, or null when there are none to set
 */
public record Hud(
        List<String> lines,
        List<String> help,
        String message,
        float budgetMillis,
        @Nullable Corners corners) {
    /** Nothing over the picture. */
    public static final Hud NONE = new Hud(List.of(), List.of(), "", 1000f / 30, null);

    public Hud {
        lines = List.copyOf(lines);
        help = List.copyOf(help);
    }

    /** What the keys do, a line a key. */
    public static List<String> keys(boolean allowRaw) {
        return Stream.of(
                        "B\tnext background",
                        "V\tblurred room",
                        "T\ttransparent, green, off",
                        "M\tthe matte alone",
                        allowRaw ? "O\tthe camera’s picture while held" : "",
                        "[   ]\tthreshold down, up",
                        "-   =\tfeather down, up",
                        "I\tmirror",
                        "P\tperspective: drag the corners",
                        "S\tsnapshot",
                        "R\trecord, stop recording",
                        "L\tfigures and latency",
                        "F\tfull screen and back",
                        "H\tthis help",
                        "Q\tquit")
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
