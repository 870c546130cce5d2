package dev.handsover.capture;

import java.time.Duration;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;

/** Breaks off an operation of FFmpeg that outlasts its limit, or that nobody waits for any more. */
final class Watchdog extends AVIOInterruptCB.Callback_Pointer {
    private volatile long deadline = Long.MAX_VALUE;
    private volatile boolean fired;

    void allow(Duration limit) {
        fired = false;
        deadline = System.nanoTime() + limit.toNanos();
    }

    /** True when something was broken off since {@link #allow}. */
    boolean fired() {
        return fired;
    }

    @Override
    public int call(Pointer opaque) {
        boolean late =
                System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted();
        fired |= late;
        return late ? 1 : 0;
    }
}
