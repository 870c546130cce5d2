package dev.handsover.segment;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.util.List;

/** Seam: one network on one thread at a time. Several can share a session; see {@link #open}. */
public final class Segmenter implements AutoCloseable {
    /** The mask of one frame, overwritten by the next call. One thread at a time. */
    public Mask segment(Frame frame) {
        throw new UnsupportedOperationException();
    }

    /** Cells of the masks. */
    public int width() {
        throw new UnsupportedOperationException();
    }

    public int height() {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens {@code workers} segmenters that share one session and may run at the same time on different frames.
     *
     * @param keep class names of the card that count as kept; empty is the card's own choice
     * @param threads ONNX Runtime's threads for one run
     * @param pixelBudget about how many input pixels; 0 is the card's own
     */
    public static List<Segmenter> open(
            ModelCard card, PictureFormat frames, List<String> keep, int workers, int threads, int pixelBudget) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
