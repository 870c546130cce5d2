package dev.handsover;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Pictures;

/**
 * One picture for all times.
 *
 * @param end frees what it lies in
 */
public record StandingPicture(Frame frame, Runnable end) implements Pictures {
    @Override
    public Frame at(long timeNanos) {
        return frame;
    }

    @Override
    public boolean still() {
        return true;
    }

    @Override
    public void close() {
        end.run();
    }
}
