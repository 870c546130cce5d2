package dev.handsover.capture.pattern;

import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import org.jspecify.annotations.Nullable;

/**
 * Paints each of a few seconds' frames once and shows them forwards and backwards for ever, so that a painter that takes as long
 * as a network does not disturb what is measured live. Costs a frame's memory for each.
 */
final class Replay implements PatternSource.Painter {
    /** Two seconds at 30 frames a second; 80 MB at 720p. */
    private static final int FRAMES = 60;

    private final PatternSource.Painter painter;
    private final FramePool pool;
    private final @Nullable Frame[] painted = new Frame[FRAMES];

    Replay(PatternSource.Painter painter, PictureFormat format) {
        this.painter = painter;
        this.pool = new FramePool(format, FRAMES);
    }

    /** The painter's own frame that stands at this place of the replay. */
    static long frameAt(long index) {
        long place = index % (2 * FRAMES - 2);
        return place < FRAMES ? place : 2 * FRAMES - 2 - place;
    }

    @Override
    public void paint(long index, Frame frame) {
        int at = (int) frameAt(index);
        Frame known = painted[at];
        if (known == null) {
            known = take();
            painter.paint(at, known);
            painted[at] = known;
        }
        frame.copyFrom(known);
    }

    private Frame take() {
        try {
            return pool.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        pool.close();
        painter.close();
    }
}
