package dev.handsover.composite;

import dev.handsover.frame.Pictures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a look, each already of the canvas's size, chroma and colours. {@code under} and {@code over} have an
 * alpha plane, {@code background} has none. Closed by whoever opened them.
 *
 * @param background for {@link Look.Background.Media}, else null
 * @param under between background and hands, lowest first
 * @param over above the hands, lowest first
 */
public record Layers(@Nullable Pictures background, List<Pictures> under, List<Pictures> over) {
    public static final Layers NONE = new Layers(null, List.of(), List.of());

    public Layers {
        under = List.copyOf(under);
        over = List.copyOf(over);
    }
}
