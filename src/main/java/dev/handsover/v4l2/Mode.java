package dev.handsover.v4l2;

import dev.handsover.frame.Rational;
import java.util.List;

/**
 * One of the ways in which a camera gives pictures.
 *
 * @param anySize other sizes are possible too
 * @param rates frames a second, highest first; empty when the device does not say
 */
public record Mode(Coding coding, int width, int height, boolean anySize, List<Rational> rates) {
    public Mode {
        rates = List.copyOf(rates);
    }
}
