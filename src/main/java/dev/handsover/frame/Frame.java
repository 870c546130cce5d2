package dev.handsover.frame;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One picture: planes of bytes outside the Java heap, with its place in time. A frame has one holder when it is handed
 * out; {@link #retain} adds one, {@link #recycle} ends one, and with the last the memory goes back to where it came from.
 * The pixels may be written only while there is a single holder. Not thread-safe but for retain and recycle: a frame is
 * handed from thread to thread through a queue.
 */
public final class Frame implements Shared {
    private static final AtomicLong COPIES = new AtomicLong();
    public static final int Y = 0;
    public static final int U = 1;
    public static final int V = 2;
    public static final int A = 3;

    /** Takes the memory back; called once for each time the frame was handed out, by the thread of its last holder. */
    @FunctionalInterface
    public interface Recycler {
        void recycle(Frame frame);
    }

    private final PictureFormat format;
    private final Recycler recycler;
    private final long[] address = new long[4];
    private final int[] stride = new int[4];
    private final @Nullable MemorySegment[] planes = new MemorySegment[4];
    private final AtomicInteger holders = new AtomicInteger();
    private long sequence;
    private long timeNanos;
    private long durationNanos;
    private long capturedNanos;
    private long origin;
    private long queuedNanos;
    private @Nullable String name;
    private @Nullable OnDevice onDevice;
    private boolean readable = true;

    /** A frame without memory yet: its maker {@link #place}s the planes, then calls {@link #handOut}. */
    public Frame(PictureFormat format, Recycler recycler) {
        this.format = format;
        this.recycler = recycler;
    }

    /** Says where a plane lies: {@code rowBytes} from row to row, at least {@code planeHeight} rows readable. */
    public void place(int plane, long planeAddress, int rowBytes) {
        if (rowBytes < format.planeWidth(plane) || planeAddress == 0) {
            throw new IllegalArgumentException("plane " + plane + ": " + rowBytes + " bytes a row");
        }
        if (address[plane] != planeAddress || stride[plane] != rowBytes) {
            address[plane] = planeAddress;
            stride[plane] = rowBytes;
            planes[plane] = null;
        }
    }

    /** Begins a life with one holder. */
    public Frame handOut(long newSequence, long newTimeNanos, long newDurationNanos) {
        if (!holders.compareAndSet(0, 1)) {
            throw new IllegalStateException("frame handed out while held");
        }
        stamp(newSequence, newTimeNanos, newDurationNanos);
        capturedNanos = 0;
        origin = -1;
        queuedNanos = 0;
        name = null;
        onDevice = null;
        readable = true;
        return this;
    }

    /** Gives the frame another place in time. */
    public void stamp(long newSequence, long newTimeNanos, long newDurationNanos) {
        sequence = newSequence;
        timeNanos = newTimeNanos;
        durationNanos = newDurationNanos;
    }

    @Override
    public Frame retain() {
        if (holders.getAndIncrement() <= 0) {
            throw new IllegalStateException("frame retained after its end");
        }
        return this;
    }

    @Override
    public void recycle() {
        int left = holders.decrementAndGet();
        if (left == 0) {
            OnDevice there = onDevice;
            if (there != null) {
                onDevice = null;
                there.release();
            }
            recycler.recycle(this);
        } else if (left < 0) {
            throw new IllegalStateException("frame recycled twice");
        }
    }

    public PictureFormat format() {
        return format;
    }

    public int width() {
        return format.width();
    }

    public int height() {
        return format.height();
    }

    public long address(int plane) {
        hold(readable);
        return address[plane];
    }

    private static void hold(boolean readable) {
        if (!readable) {
            throw new IllegalStateException("these pixels are on the graphics device alone");
        }
    }

    /** Bytes from one row to the next. */
    public int stride(int plane) {
        return stride[plane];
    }

    /** The plane's bytes, {@code stride · (rows − 1) + columns} of them. */
    public MemorySegment plane(int plane) {
        hold(readable);
        MemorySegment segment = planes[plane];
        if (segment == null) {
            long bytes = (long) stride[plane] * (format.planeHeight(plane) - 1) + format.planeWidth(plane);
            segment = MemorySegment.ofAddress(address[plane]).reinterpret(bytes);
            planes[plane] = segment;
        }
        return segment;
    }

    /** Counts from 0 in the order of presentation, without gaps for files; with gaps where a camera's frames were lost. */
    public long sequence() {
        return sequence;
    }

    /** Presentation time from the stream's start, ns; it never falls. */
    public long timeNanos() {
        return timeNanos;
    }

    /** How long the frame is shown, ns; 0 when unknown. */
    public long durationNanos() {
        return durationNanos;
    }

    /**
     * When the camera took it, on the clock of {@link System#nanoTime}: ages are counted from here. 0 for files, which were
     * taken long ago.
     */
    public long capturedNanos() {
        return capturedNanos;
    }

    public void captured(long newCapturedNanos) {
        capturedNanos = newCapturedNanos;
    }

    /**
     * The number at the source of the frame that this is, or that this picture was made of, whatever {@link #sequence} is
     * given on the way; negative when no frame of a source is in it.
     */
    public long origin() {
        return origin;
    }

    public void origin(long newOrigin) {
        origin = newOrigin;
    }

    /** When it was last put into a queue, on the clock of {@link System#nanoTime}; 0 before. */
    public long queuedNanos() {
        return queuedNanos;
    }

    public void queued(long newQueuedNanos) {
        queuedNanos = newQueuedNanos;
    }

    /**
     * The pixels are on a graphics device, too.
     *
     * @param planes whether they are in the planes as well; else nobody may read those
     */
    public void onDevice(@Nullable OnDevice pixels, boolean planes) {
        onDevice = pixels;
        readable = planes;
    }

    /** The pixels on a graphics device, or null; valid while the frame is held. */
    public @Nullable OnDevice onDevice() {
        return onDevice;
    }

    /** Whether the pixels are in the planes. */
    public boolean readable() {
        return readable;
    }

    /** The file that a still image came from, without its folder; null for video. */
    public @Nullable String name() {
        return name;
    }

    public void name(@Nullable String newName) {
        name = newName;
    }

    /** Whole frames copied in this process so far: a test holds how many a run makes. */
    public static long copies() {
        return COPIES.get();
    }

    /** Copies the pixels of a frame of the same format; not the time. */
    public void copyFrom(Frame other) {
        COPIES.incrementAndGet();
        for (int plane = 0; plane < format.planes(); plane++) {
            int columns = format.planeWidth(plane);
            if (stride[plane] == other.stride[plane]) {
                plane(plane).copyFrom(other.plane(plane));
                continue;
            }
            for (int row = 0; row < format.planeHeight(plane); row++) {
                MemorySegment.copy(
                        other.plane(plane),
                        (long) row * other.stride[plane],
                        plane(plane),
                        (long) row * stride[plane],
                        columns);
            }
        }
    }

    /** Fills every pixel with one colour, given as codes 0..255; alpha is ignored where there is no such plane. */
    public void fill(int y, int u, int v, int a) {
        plane(Y).fill((byte) y);
        plane(U).fill((byte) u);
        plane(V).fill((byte) v);
        if (format.alpha()) {
            plane(A).fill((byte) a);
        }
    }
}
