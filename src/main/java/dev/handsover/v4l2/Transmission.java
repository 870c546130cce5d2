package dev.handsover.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Pictures into an output device whose format is set. v4l2loopback gets them by {@code write}, as other programs give them to
 * it; devices that stream get them through shared buffers, since some drivers offer {@code write} and refuse it. One thread.
 */
public final class Transmission implements AutoCloseable {
    /** One that is shown, one that waits, one that is filled. */
    private static final int COUNT = 3;

    private final Descriptor device;
    private final @Nullable Buffers buffers;
    private final MemorySegment described;
    private int filled;
    private boolean started;

    private Transmission(Descriptor device, boolean streams) throws Refusal {
        this.device = device;
        this.described = device.allocate(Buffers.BYTES);
        this.buffers = streams ? new Buffers(device, VideoDevice.OUTPUT, COUNT) : null;
    }

    /** Claims the device: from the first picture on nobody else can set it. */
    public static Transmission start(VideoDevice output) throws Refusal {
        boolean loopback = output.about().driver().equals("v4l2 loopback");
        return new Transmission(output.descriptor(), output.streams() && !loopback);
    }

    /** Hands one picture over; false when the device took none within the limit. */
    public boolean write(MemorySegment picture, Duration limit) throws Refusal, InterruptedException {
        Buffers shared = buffers;
        if (shared == null) {
            return device.await(Descriptor.WRITABLE, limit) != 0 && device.write(picture);
        }
        int index = filled < shared.count() ? filled++ : free(shared, limit);
        if (index < 0) {
            return false;
        }
        MemorySegment memory = shared.at(index);
        long bytes = Math.min(memory.byteSize(), picture.byteSize());
        MemorySegment.copy(picture, 0, memory, 0, bytes);
        shared.queue(index, (int) bytes);
        if (!started) {
            shared.start();
            started = true;
        }
        return true;
    }

    private int free(Buffers shared, Duration limit) throws Refusal, InterruptedException {
        if (!shared.take(described)) {
            int ready = device.await(Descriptor.WRITABLE, limit);
            if (ready == 0 || !shared.take(described)) {
                return -1;
            }
        }
        return described.get(JAVA_INT, 0);
    }

    @Override
    public void close() {
        if (buffers != null) {
            buffers.close();
        }
    }
}
