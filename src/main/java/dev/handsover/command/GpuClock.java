package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.frame.StreamFormat;
import java.time.Duration;

/**
 * Keeps the time of a run's pictures, the first ones left out: opening and warming up would count for more than hundreds of a fast
 * device's frames. Told by the run's thread, read when the run has ended.
 */
class GpuClock implements Pipeline.Watcher {
    /** Pictures that may be under way when the first one is there. */
    private static final int UNDER_WAY = 8;

    private final int frames;
    private final int warm;
    private long count;
    private long begun;
    private long ended;
    private long processorBegun;
    private long processorEnded;

    /** @param frames of the run, from 2 */
    GpuClock(int frames) {
        this.frames = frames;
        this.warm = Math.min(frames - 1, Math.max(UNDER_WAY, frames / 10));
    }

    /** What the whole process spent on processors so far. */
    static long processorNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    @Override
    public void frame(long done, long timeNanos) {
        count = done;
        ended = System.nanoTime();
        if (done == warm) {
            begun = ended;
            processorBegun = processorNanos();
        }
        if (done == frames) {
            processorEnded = processorNanos();
        }
    }

    @Override
    public void opened(StreamFormat stream, String tier, String outputs) {
        // the summary has the tier
    }

    @Override
    public void closed() {
        // nothing is held
    }

    @Override
    public void note(String line) {
        // the summary has the notes
    }

    /** Frames a second. */
    double rate() {
        return (count - warm) / Math.max(1e-9, (ended - begun) / 1e9);
    }

    /** Processor time of the whole process for each frame, ms. */
    double processorMillis() {
        return (processorEnded - processorBegun) / 1e6 / Math.max(1, count - warm);
    }

    /** The share of one core that the whole process took. */
    double share() {
        return (processorEnded - processorBegun) / (double) Math.max(1, ended - begun);
    }
}
