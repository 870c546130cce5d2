package dev.handsover.engine;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;

/**
 * Everything between a frame and its composited picture. Frames go in by {@link #begin} and pictures come out by {@link
 * #finish} in the same order; up to {@link #depth} may be under way, so that the network works on the next frames while
 * this one is drawn. One thread uses it, the one that opened it.
 */
public sealed interface Engine extends AutoCloseable permits HostEngine {
    /** Takes the frame over and starts on it; at most {@link #depth} frames may be under way. */
    void begin(Frame frame) throws InterruptedException;

    /** The picture of the oldest frame under way, with that frame's time, held once. */
    Frame finish() throws InterruptedException;

    /** Frames under way. */
    int pending();

    /** The most frames that may be under way. */
    int depth();

    /** The format of the pictures. */
    PictureFormat canvas();

    /** What really runs, for people. */
    String tier();

    @Override
    void close();
}
