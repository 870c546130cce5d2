package dev.handsover.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A camera that streams into a few buffers shared with the kernel. The reader has one picture at a time and gives it back
 * before the next. One thread.
 */
public final class Capture implements AutoCloseable {
    /** Enough that a pause of the reader of 100 ms at 30 frames a second loses nothing; each one more may age. */
    private static final int COUNT = 4;

    private static final int FLAG_ERROR = 0x40;
    private static final int CLOCK_MASK = 0xe000;
    private static final int CLOCK_MONOTONIC = 0x2000;
    /** A time stamp further back than this is on another clock, ns. */
    private static final long OLDEST = 5_000_000_000L;
    /** A jump of the count by more than this is a new count. */
    private static final long JUMP = 100_000;

    private final Descriptor device;
    private final boolean newestOnly;
    private final Buffers buffers;
    private final MemorySegment buffer;
    private final MemorySegment second;
    private int held = -1;
    private int bytes;
    private boolean damaged;
    private int lastCount;
    private long sequence = -1;
    private long capturedNanos;
    private long lost;
    private long late;

    private Capture(Descriptor device, boolean newestOnly) throws Refusal {
        this.device = device;
        this.newestOnly = newestOnly;
        this.buffer = device.allocate(Buffers.BYTES);
        this.second = device.allocate(Buffers.BYTES);
        this.buffers = new Buffers(device, VideoDevice.CAPTURE, COUNT);
    }

    /**
     * Starts a camera whose format is set.
     *
     * @param newestOnly pictures that waited while a newer one came are passed over; not for codings that depend on them
     */
    public static Capture start(VideoDevice camera, boolean newestOnly) throws Refusal {
        Capture capture = new Capture(camera.descriptor(), newestOnly);
        try {
            capture.start();
            return capture;
        } catch (Refusal e) {
            capture.close();
            throw e;
        }
    }

    private void start() throws Refusal {
        for (int i = 0; i < buffers.count(); i++) {
            buffers.queue(i, 0);
        }
        buffers.start();
    }

    /** Waits for the next picture, the newest there is; false when none came within the limit. */
    public boolean next(Duration limit) throws Refusal, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            int ready = device.await(Descriptor.READABLE, remaining(end));
            if (ready == 0) {
                return false;
            }
            if (take(buffer)) {
                break;
            }
            if ((ready & Descriptor.BROKEN) != 0) {
                throw new Refusal("poll", 5);
            }
        }
        while (newestOnly && take(second)) {
            late++;
            int older = buffer.get(JAVA_INT, 0);
            buffer.copyFrom(second);
            buffers.queue(older, 0);
        }
        note();
        return true;
    }

    /** Passes over all that waits and counts anew: what came while nobody could take it yet was not lost. */
    public void begin() throws Refusal {
        giveBack();
        while (take(buffer)) {
            buffers.queue(buffer.get(JAVA_INT, 0), 0);
        }
        sequence = -1;
        lost = 0;
        late = 0;
    }

    private static Duration remaining(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** Takes a filled buffer out of the kernel's queue; false when there is none. */
    private boolean take(MemorySegment into) throws Refusal {
        boolean taken = buffers.take(into);
        if (taken) {
            count(into.get(JAVA_INT, 56));
        }
        return taken;
    }

    private void count(int now) {
        // the kernel's count has 32 bits and may wrap
        long step = Integer.toUnsignedLong(now - lastCount);
        boolean plausible = sequence >= 0 && step >= 1 && step <= JUMP;
        lost += plausible ? step - 1 : 0;
        sequence += plausible ? step : 1;
        lastCount = now;
    }

    private void note() {
        held = buffer.get(JAVA_INT, 0);
        bytes = buffer.get(JAVA_INT, 8);
        int flags = buffer.get(JAVA_INT, 12);
        damaged = (flags & FLAG_ERROR) != 0;
        long now = System.nanoTime();
        long stamp = buffer.get(JAVA_LONG, 24) * 1_000_000_000L + buffer.get(JAVA_LONG, 32) * 1000;
        boolean ours = (flags & CLOCK_MASK) == CLOCK_MONOTONIC && stamp <= now && stamp > now - OLDEST;
        capturedNanos = ours ? stamp : now;
    }

    /** The picture's bytes, good until {@link #giveBack}. */
    public MemorySegment bytes() {
        MemorySegment whole = buffers.at(held);
        return whole.asSlice(0, Math.min(Integer.toUnsignedLong(bytes), whole.byteSize()));
    }

    /** The driver says that a part of the picture is missing. */
    public boolean damaged() {
        return damaged;
    }

    /** Counts from 0; gaps are pictures that the driver lost or that were passed over. */
    public long sequence() {
        return sequence;
    }

    /** The kernel's time stamp on {@link System#nanoTime}'s clock; the time of taking where the driver has another clock. */
    public long capturedNanos() {
        return capturedNanos;
    }

    /** Pictures that the driver had no buffer for. */
    public long lost() {
        return lost;
    }

    /** Pictures passed over because a newer one was there. */
    public long late() {
        return late;
    }

    /** Lets the kernel fill the buffer again. */
    public void giveBack() throws Refusal {
        if (held >= 0) {
            int index = held;
            held = -1;
            buffers.queue(index, 0);
        }
    }

    /** Stops the camera. Its device is closed by its owner, after this. */
    @Override
    public void close() {
        buffers.close();
    }
}
