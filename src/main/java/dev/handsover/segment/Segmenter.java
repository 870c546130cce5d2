package dev.handsover.segment;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.util.List;

/**
 * Frame in, mask out: what every model is to the rest of the program, network or not. Each is used by one thread at a
 * time; those of one {@link #open} may run at the same time on different frames. A frame costs no memory of its size.
 */
public sealed interface Segmenter extends AutoCloseable permits NetworkSegmenter, ClassicSegmenter {
    /**
     * Opens {@code workers} segmenters of one model; throws a {@code Failure} when its network is not whole or cannot run.
     *
     * @param frames format of every frame
     * @param keep class names of the card that count as kept; empty is the card's own choice
     * @param threads for one frame; models without a network take one whatever is said
     * @param pixelBudget about how many cells; 0 is the card's own number
     */
    static List<Segmenter> open(
            ModelCard card, PictureFormat frames, List<String> keep, int workers, int threads, int pixelBudget) {
        return card.method() == null
                ? List.copyOf(NetworkSegmenter.open(card, frames, keep, workers, threads, pixelBudget))
                : List.copyOf(ClassicSegmenter.open(card, frames, keep, workers, pixelBudget));
    }

    /** While it is open, networks stay open between one run and the next. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins to keep networks open. Any thread. */
    static Hold hold() {
        return NetworkSegmenter.hold();
    }

    /** ONNX Runtime's version. */
    static String runtimeVersion() {
        return NetworkSegmenter.runtimeVersion();
    }

    /** The mask of one frame, overwritten by the next call. */
    Mask segment(Frame frame);

    /** The mask of one frame with its luma alone; the probabilities are left as they were. Costs little. */
    Mask see(Frame frame);

    /** When the last frame's planes were averaged, by {@link System#nanoTime}: what came after was the model's own work. */
    long preparedNanos();

    /** Cells of the masks. */
    int width();

    int height();

    /** Threads that one frame takes. */
    int threads();

    /** What makes the masks, for people: a few words that begin a line. */
    String describe();

    @Override
    void close();
}
