package dev.handsover.frame;

import java.util.List;

/**
 * A network's output: how its elements become the probability of being kept on the mask's cells, for whatever device does it.
 * A mask's cell lies at {@code cell · scale + shift} in the output, which is read bilinearly.
 *
 * @param kept one flag a channel
 * @param width of the output
 * @param height of the output
 * @param cellStep elements from one place to the next
 * @param channelStep elements from one channel to the next
 */
public record ClassForm(
        Meaning meaning,
        List<Boolean> kept,
        int width,
        int height,
        int cellStep,
        int channelStep,
        double scaleX,
        double shiftX,
        double scaleY,
        double shiftY) {
    public ClassForm {
        kept = List.copyOf(kept);
    }

    /** What an element is. */
    public enum Meaning {
        /** 0..1 already. */
        PROBABILITY,
        /** A logit of its own. */
        SIGMOID,
        /** A logit beside those of classes that exclude each other. */
        SOFTMAX
    }

    public int channels() {
        return kept.size();
    }

    /** True when the one channel is the mask already. */
    public boolean plain(int maskWidth, int maskHeight) {
        return width == maskWidth
                && height == maskHeight
                && kept.size() == 1
                && kept.getFirst()
                && meaning == Meaning.PROBABILITY;
    }
}
