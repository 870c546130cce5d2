package dev.handsover.engine;

import dev.handsover.frame.Frame;
import org.jspecify.annotations.Nullable;

/** One frame under way in the resident engine: what its picture and the figures need to know of it. */
final class Underway {
    long timeNanos;
    long origin;
    /** When the engine took it, on the clock of {@link System#nanoTime}. */
    long begunNanos;
    /** When its network was asked for. */
    long networkNanos;
    /** Of its picture, once that was asked for. */
    int place;

    @Nullable Throwable failure;

    private long sequence;
    private long durationNanos;
    private long capturedNanos;
    private @Nullable String name;

    void note(Frame frame) {
        sequence = frame.sequence();
        timeNanos = frame.timeNanos();
        durationNanos = frame.durationNanos();
        capturedNanos = frame.capturedNanos();
        origin = frame.origin();
        name = frame.name();
        begunNanos = System.nanoTime();
        failure = null;
    }

    void stamp(Frame picture) {
        picture.stamp(sequence, timeNanos, durationNanos);
        picture.captured(capturedNanos);
        picture.origin(origin);
        picture.name(name);
    }
}
