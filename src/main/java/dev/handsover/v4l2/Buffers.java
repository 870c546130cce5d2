package dev.handsover.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A few pictures shared with the kernel, and the queue that they travel in. One thread. */
final class Buffers implements AutoCloseable {
    /** Of {@code struct v4l2_buffer}. */
    static final int BYTES = 88;

    private static final long REQBUFS = VideoDevice.request(3, 8, 20);
    private static final long QUERYBUF = VideoDevice.request(3, 9, BYTES);
    private static final long QBUF = VideoDevice.request(3, 15, BYTES);
    private static final long DQBUF = VideoDevice.request(3, 17, BYTES);
    private static final long STREAMON = VideoDevice.request(1, 18, 4);
    private static final long STREAMOFF = VideoDevice.request(1, 19, 4);
    private static final int MEMORY_MAPPED = 1;

    private final Descriptor device;
    private final int direction;
    private final List<MemorySegment> mapped = new ArrayList<>();
    private final MemorySegment queued;
    private final MemorySegment type;

    /** @param direction {@link VideoDevice#CAPTURE} or {@link VideoDevice#OUTPUT} */
    Buffers(Descriptor device, int direction, int count) throws Refusal {
        this.device = device;
        this.direction = direction;
        this.queued = device.allocate(BYTES);
        this.type = device.allocate(4);
        type.set(JAVA_INT, 0, direction);
        try {
            int given = request(count);
            for (int i = 0; i < given; i++) {
                describe(queued, i);
                device.call("VIDIOC_QUERYBUF", QUERYBUF, queued);
                mapped.add(device.map(Integer.toUnsignedLong(queued.get(JAVA_INT, 64)), queued.get(JAVA_INT, 72)));
            }
        } catch (Refusal e) {
            close();
            throw e;
        }
    }

    private int request(int count) throws Refusal {
        MemorySegment request = device.allocate(20);
        request.set(JAVA_INT, 0, count);
        request.set(JAVA_INT, 4, direction);
        request.set(JAVA_INT, 8, MEMORY_MAPPED);
        device.call("VIDIOC_REQBUFS", REQBUFS, request);
        return request.get(JAVA_INT, 0);
    }

    private void describe(MemorySegment which, int index) {
        which.fill((byte) 0);
        which.set(JAVA_INT, 0, index);
        which.set(JAVA_INT, 4, direction);
        which.set(JAVA_INT, 60, MEMORY_MAPPED);
    }

    int count() {
        return mapped.size();
    }

    /** The memory of one. */
    MemorySegment at(int index) {
        return mapped.get(index);
    }

    /** Hands one to the kernel, an output's filled with so many bytes. */
    void queue(int index, int bytes) throws Refusal {
        describe(queued, index);
        queued.set(JAVA_INT, 8, bytes);
        // V4L2_FIELD_NONE: progressive
        queued.set(JAVA_INT, 16, 1);
        device.call("VIDIOC_QBUF", QBUF, queued);
    }

    void start() throws Refusal {
        device.call("VIDIOC_STREAMON", STREAMON, type);
    }

    /** Takes one back that the kernel is done with, described in {@code into}; false when there is none. */
    boolean take(MemorySegment into) throws Refusal {
        describe(into, 0);
        int error = device.tryCall(DQBUF, into);
        if (error == 0) {
            return true;
        }
        if (Descriptor.again(error)) {
            return false;
        }
        throw new Refusal("VIDIOC_DQBUF", error);
    }

    @Override
    public void close() {
        device.tryCall(STREAMOFF, type);
        mapped.forEach(device::unmap);
        mapped.clear();
        try {
            request(0);
        } catch (Refusal e) {
            // they go with the device
            mapped.clear();
        }
    }
}
