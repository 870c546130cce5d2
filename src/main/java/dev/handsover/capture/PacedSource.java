package dev.handsover.capture;

import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.StreamFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recording played as if it were live: each frame comes when its time stamp is due, and those that are late by more than
 * their own duration are left out, as a camera would.
 */
final class PacedSource implements Source {
    /** A delay beyond this is not made up for: the clock is set anew, ns. */
    private static final long HOPELESS = 1_000_000_000L;

    private final ReadTimes times = new ReadTimes();
    private final Supplier<Source> opener;
    private final boolean loop;
    private final StreamFormat format;
    private Source source;
    private long startNanos;
    private long shiftNanos;
    private long shiftCount;
    private long endNanos;
    private long lastCount = -1;
    private long late;
    private boolean begun;

    private PacedSource(Supplier<Source> opener, boolean loop) {
        this.opener = opener;
        this.loop = loop;
        this.source = opener.get();
        StreamFormat own = source.format();
        this.format = new StreamFormat(
                own.picture(),
                own.timeBase(),
                own.frameRate(),
                loop ? -1 : own.durationNanos(),
                loop ? -1 : own.frames(),
                true,
                own.stills(),
                loop ? List.of() : own.sound(),
                own.metadata());
    }

    /** @param loop begins anew at the end, without sound */
    static PacedSource open(Supplier<Source> opener, boolean loop) {
        return new PacedSource(opener, loop);
    }

    @Override
    public StreamFormat format() {
        return format;
    }

    @Override
    public @Nullable Frame read() throws InterruptedException {
        times.begin();
        while (true) {
            Frame frame = source.read();
            times.include(source.times());
            if (frame == null && loop && lastCount >= shiftCount) {
                rewind();
                continue;
            }
            if (frame == null) {
                return null;
            }
            long time = frame.timeNanos() + shiftNanos;
            frame.stamp(frame.sequence() + shiftCount, time, frame.durationNanos());
            lastCount = frame.sequence();
            endNanos = time + frame.durationNanos();
            if (await(time, frame.durationNanos())) {
                frame.captured(startNanos + time);
                return frame;
            }
            late++;
            frame.recycle();
        }
    }

    /** False when the frame's time has passed. */
    private boolean await(long time, long duration) throws InterruptedException {
        long now = System.nanoTime();
        if (!begun) {
            begun = true;
            startNanos = now - time;
        }
        long lateness = now - startNanos - time;
        if (lateness > HOPELESS) {
            startNanos = now - time;
            return true;
        }
        if (lateness > Math.max(duration, 1)) {
            return false;
        }
        TimeUnit.NANOSECONDS.sleep(-lateness);
        times.waitedSince(now);
        return true;
    }

    private void rewind() {
        source.close();
        source = opener.get();
        source.onSound(SoundPacket::close);
        shiftNanos = endNanos;
        shiftCount = lastCount + 1;
    }

    @Override
    public ReadTimes times() {
        return times;
    }

    @Override
    public void onSound(Consumer<SoundPacket> consumer) {
        source.onSound(loop ? SoundPacket::close : consumer);
    }

    @Override
    public List<String> report() {
        List<String> own = source.report();
        return late == 0
                ? own
                : java.util.stream.Stream.concat(
                                own.stream(),
                                java.util.stream.Stream.of(
                                        late + " frames came too late from the file and were left out."))
                        .toList();
    }

    @Override
    public long lost() {
        return source.lost();
    }

    @Override
    public void close() {
        source.close();
    }
}
