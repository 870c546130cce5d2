package dev.handsover.capture;

import dev.handsover.frame.Failure;
import java.util.Locale;

/**
 * What shall decode recordings. Pictures, patterns and cameras have nothing for a card to decode.
 *
 * @param card which of the NVIDIA cards, from 0
 */
public record DecoderWish(Way way, int card) {
    /** Until a card has shown that it is faster, the processor decodes. */
    public static final DecoderWish SOFTWARE = new DecoderWish(Way.SOFTWARE, 0);

    /** Who decodes. */
    public enum Way {
        /** The processor. */
        SOFTWARE,
        /** An NVIDIA card where it can, else the processor. */
        AUTO,
        /** An NVIDIA card, or nobody. */
        CUDA
    }

    public DecoderWish {
        if (card < 0 || card > 63) {
            throw Failure.usage("--decoder takes the number of a card from 0 to 63, not " + card + ".");
        }
    }

    /** {@code auto}, {@code software}, {@code cuda}, {@code cuda:1}. */
    public static DecoderWish parse(String text) {
        String[] parts = text.split(":", 2);
        try {
            Way way = Way.valueOf(parts[0].toUpperCase(Locale.ROOT));
            if (parts.length == 1 || way == Way.CUDA) {
                return new DecoderWish(way, parts.length == 1 ? 0 : Integer.parseInt(parts[1]));
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw Failure.usage("--decoder is auto, software or cuda (with :1 for the second card), not \"" + text + "\".");
    }

    boolean onCard() {
        return way != Way.SOFTWARE;
    }

    boolean required() {
        return way == Way.CUDA;
    }

    /** {@code software}, {@code cuda:1}. */
    @Override
    public String toString() {
        return way.name().toLowerCase(Locale.ROOT) + (way == Way.CUDA ? ":" + card : "");
    }

    /**
     * Opens a card and closes it again; throws a device {@code Failure} that says why it cannot decode.
     *
     * @param card from 0
     */
    public static void check(int card) {
        try {
            CardDecoding.open(card).close();
        } catch (CardDecoding.Refusal e) {
            throw Failure.device(e.clause());
        }
    }
}
