package dev.handsover.engine;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everything between a frame and its composited picture. Frames go in by {@link #begin} and pictures come out by {@link
 * #finish} in the same order; up to {@link #depth} may be under way, so that the network works on the next frames while
 * this one is drawn. One thread uses it at a time: another one may, after {@link #leave}.
 */
public sealed interface Engine extends AutoCloseable permits HostEngine, ResidentEngine {
    /** A frame that takes longer than this never ends. */
    long PATIENCE_SECONDS = 60;

    /** Takes the frame over and starts on it; at most {@link #depth} frames may be under way. */
    void begin(Frame frame) throws InterruptedException;

    /**
     * The picture of the oldest frame under way, with that frame's time, held once. When this throws, that frame is no longer
     * under way and the next one can be tried.
     */
    default Frame finish() throws InterruptedException {
        Frame picture = finish(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        if (picture == null) {
            throw new IllegalStateException("no picture came in " + PATIENCE_SECONDS + " s");
        }
        return picture;
    }

    /** As {@link #finish}, but null when the network is not done in time; the frame stays under way then. */
    @Nullable Frame finish(long limitNanos) throws InterruptedException;

    /**
     * Whether anybody but a window that shares the device's objects wants the pixels of the frames that begin from now on; at
     * first somebody does. Pictures without pixels are not {@link Frame#readable}.
     */
    default void pixels(boolean wanted) {}

    /**
     * A picture without hands, for when there is no matte: the background and the graphics, held once. Not one pixel of a
     * frame goes into it: where the look shows the room, it is gray.
     */
    Frame blank(long timeNanos) throws InterruptedException;

    /** Share of the last finished frame's cells, 0..1, that the network called hand. */
    double coverage();

    /** Frames under way. */
    int pending();

    /** The most frames that may be under way. */
    int depth();

    /** The format of the pictures. */
    PictureFormat canvas();

    /** Lets go of this thread, so that another one can use or close it. */
    void leave();

    /** What really runs, for people. */
    String tier();

    @Override
    void close();
}
