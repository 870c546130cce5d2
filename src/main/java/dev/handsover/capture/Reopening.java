package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.StreamFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A live source that is expected back: the first opening may fail, after that no fault ends it. Whatever the source throws,
 * and its end, is taken for a fault: it is closed and opened again, at first soon, then every {@link #LONGEST_NANOS}, while
 * {@link #trouble} says why. Frames keep the first format, their times and counts go on across faults.
 */
final class Reopening implements Source {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Rational TICKS = new Rational(1, 1_000_000);
    private static final long TICK_NANOS = 1_000;

    private final ReadTimes times = new ReadTimes();
    private final Opener opener;
    private final long frames;
    private final StreamFormat format;
    private final Map<String, Long> before = new HashMap<>();
    private final Set<String> lines = new LinkedHashSet<>();
    private volatile @Nullable Source source;
    private volatile @Nullable String trouble;
    private final AtomicLong reopened = new AtomicLong();
    private long originNanos;
    private long given;
    private long pause = SHORTEST_NANOS;
    private boolean fresh = true;
    private long shiftNanos;
    private long shiftCount;
    private long lastNanos = -1;
    private long lastCount = -1;

    /** Opens the source once; throws a {@code Failure} in one sentence when it cannot be opened now. */
    @FunctionalInterface
    interface Opener {
        /** @param canvas the format that its frames must have, or null for its own */
        Source open(@Nullable PictureFormat canvas) throws InterruptedException;
    }

    /**
     * Opens the source for the first time; a failure here is final.
     *
     * @param frames the end comes after so many; 0 is never
     */
    static Reopening open(Opener opener, long frames) throws InterruptedException {
        return new Reopening(opener, frames);
    }

    private Reopening(Opener opener, long frames) throws InterruptedException {
        this.opener = opener;
        this.frames = frames;
        Source first = opener.open(null);
        this.source = first;
        StreamFormat own = first.format();
        this.format = new StreamFormat(
                own.picture(),
                TICKS,
                own.frameRate(),
                -1,
                frames > 0 ? frames : -1,
                true,
                false,
                List.of(),
                own.metadata());
    }

    @Override
    public StreamFormat format() {
        return format;
    }

    @Override
    public @Nullable Frame read() throws InterruptedException {
        times.begin();
        while (frames == 0 || given < frames) {
            Source now = source;
            if (now == null) {
                now = again();
            }
            Frame frame = now == null ? null : next(now);
            if (frame != null) {
                given++;
                return frame;
            }
        }
        return null;
    }

    /** Null when the source has a fault; it is closed then. */
    private @Nullable Frame next(Source now) throws InterruptedException {
        String fault;
        try {
            Frame frame = now.read();
            times.include(now.times());
            if (frame != null) {
                return place(frame);
            }
            fault = "The stream has ended; it is opened again.";
        } catch (Failure e) {
            fault = e.sentence();
        } catch (RuntimeException e) {
            fault = "The source failed (" + e + "); it is opened again.";
        }
        trouble = fault;
        leave(now);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return null;
    }

    /** Waits, then tries once to open the source; null when that fails. */
    private @Nullable Source again() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(pause);
        pause = Math.min(LONGEST_NANOS, 2 * pause);
        try {
            Source opened = opener.open(format.picture());
            opened.onSound(SoundPacket::close);
            source = opened;
            fresh = true;
            reopened.incrementAndGet();
            return opened;
        } catch (Failure e) {
            trouble = e.sentence();
        } catch (RuntimeException e) {
            trouble = "The source cannot be opened (" + e + ").";
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return null;
    }

    private synchronized void leave(Source old) {
        old.losses().forEach((cause, count) -> before.merge(cause, count, Long::sum));
        lines.addAll(old.report());
        source = null;
        old.close();
    }

    /** Gives the frame its place in the whole: behind all before it, by the time that has passed. */
    private Frame place(Frame frame) {
        if (fresh) {
            fresh = false;
            trouble = null;
            pause = SHORTEST_NANOS;
            long now = frame.capturedNanos() == 0 ? System.nanoTime() : frame.capturedNanos();
            originNanos = lastNanos < 0 ? now : originNanos;
            shiftNanos = now - originNanos - frame.timeNanos();
            shiftCount = lastCount + 1 - frame.sequence();
        }
        long time = Math.max(frame.timeNanos() + shiftNanos, lastNanos < 0 ? 0 : lastNanos + TICK_NANOS);
        lastNanos = time;
        lastCount = Math.max(frame.sequence() + shiftCount, lastCount + 1);
        frame.stamp(lastCount, time, frame.durationNanos());
        return frame;
    }

    @Override
    public ReadTimes times() {
        return times;
    }

    @Override
    public void onSound(Consumer<SoundPacket> consumer) {
        // tracks belong to one opening: a source that may be opened again is silent
        Source first = source;
        if (first != null) {
            first.onSound(SoundPacket::close);
        }
    }

    @Override
    public @Nullable String trouble() {
        return trouble;
    }

    @Override
    public synchronized List<String> report() {
        Set<String> all = new LinkedHashSet<>(lines);
        Source now = source;
        if (now != null) {
            all.addAll(now.report());
        }
        List<String> told = new ArrayList<>(all);
        losses().forEach((cause, count) -> {
            if (count > 0) {
                told.add(
                        switch (cause) {
                            case "reopened" -> "The source was opened again " + count + " times.";
                            case "driver" -> "The driver had no room for " + count + " pictures.";
                            case "late" -> count + " pictures were passed over because newer ones were there.";
                            default -> count + " pictures were damaged and left out.";
                        });
            }
        });
        return told;
    }

    @Override
    public synchronized Map<String, Long> losses() {
        Map<String, Long> all = new HashMap<>(before);
        Source now = source;
        if (now != null) {
            now.losses().forEach((cause, count) -> all.merge(cause, count, Long::sum));
        }
        all.put("reopened", reopened.get());
        return all;
    }

    @Override
    public long lost() {
        Map<String, Long> all = losses();
        return all.getOrDefault("driver", 0L) + all.getOrDefault("damaged", 0L);
    }

    @Override
    public void close() {
        Source now = source;
        source = null;
        if (now != null) {
            now.close();
        }
    }
}
