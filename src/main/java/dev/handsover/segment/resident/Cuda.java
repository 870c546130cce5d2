package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.segment.resident.CudaDriver.Function;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * One card: its primary context, which ONNX Runtime's providers use too, so that memory and streams are shared with them.
 * Threads that use it must {@link #enter} once; calls may then come from several.
 */
final class Cuda implements AutoCloseable {
    private static final int NON_BLOCKING = 1;
    private static final int ALL_GL_DEVICES = 1;
    private static final int MOST_DEVICES = 64;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;

    /** CUDA 12, which the official GPU builds are made for. */
    private static final int OLDEST = 12000;

    private final CudaDriver driver;
    private final int index;
    private final int device;
    private final long context;
    private final String name;

    private Cuda(CudaDriver driver, int index) throws Refusal {
        this.driver = driver;
        this.index = index;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            driver.check(Function.DEVICE, out, index);
            device = out.get(JAVA_INT, 0);
            MemorySegment text = arena.allocate(JAVA_BYTE, 256);
            driver.check(Function.DEVICE_NAME, text, 256, device);
            name = text.getString(0);
            driver.check(Function.RETAIN_CONTEXT, out, device);
            context = out.get(JAVA_LONG, 0);
        }
    }

    /**
     * Opens a card and makes it this thread's.
     *
     * @param index among those that CUDA lists, from 0
     * @throws Refusal when there is no driver, it is too old, or there is no such card
     */
    static Cuda open(int index) throws Refusal {
        CudaDriver driver = CudaDriver.load();
        if (driver.version() < OLDEST) {
            throw new Refusal(String.format(
                    Locale.ROOT,
                    "the NVIDIA driver is too old: it runs CUDA %d.%d and CUDA 12 is needed, which driver 525 or later has",
                    driver.version() / 1000,
                    driver.version() % 1000 / 10));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            driver.check(Function.DEVICE_COUNT, count);
            int cards = count.get(JAVA_INT, 0);
            if (index >= cards) {
                throw new Refusal(
                        cards == 0
                                ? "the NVIDIA driver sees no card"
                                : "there is no card " + index + "; the NVIDIA driver sees " + cards
                                        + ", counted from 0");
            }
        }
        Cuda cuda = new Cuda(driver, index);
        try {
            cuda.enter();
            return cuda;
        } catch (Refusal e) {
            cuda.close();
            throw e;
        }
    }

    /**
     * Checks that the OpenGL context that is current draws on this card.
     *
     * @throws Refusal when it draws elsewhere: buffers cannot be shared then
     */
    void matchGl() throws Refusal {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            MemorySegment devices = arena.allocate(JAVA_INT, MOST_DEVICES);
            int result = driver.result(Function.GL_DEVICES, count, devices, MOST_DEVICES, ALL_GL_DEVICES);
            for (int i = 0; result == 0 && i < count.get(JAVA_INT, 0); i++) {
                if (devices.getAtIndex(JAVA_INT, i) == device) {
                    return;
                }
            }
            throw new Refusal(
                    "OpenGL does not draw on " + name + " (card " + index + "), so that buffers cannot be shared");
        }
    }

    /** Makes the card this thread's. */
    void enter() throws Refusal {
        driver.check(Function.SET_CONTEXT, context);
    }

    /** The same for a thread that comes later; of a lost card the next call tells. */
    void adopt() {
        driver.result(Function.SET_CONTEXT, context);
    }

    CudaDriver driver() {
        return driver;
    }

    int index() {
        return index;
    }

    /** {@code NVIDIA H100 80GB HBM3}. */
    String name() {
        return name;
    }

    /** What engines are built for, e.g. {@code 9.0}. */
    String capability() throws Refusal {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            driver.check(Function.DEVICE_ATTRIBUTE, out, CAPABILITY_MAJOR, device);
            int major = out.get(JAVA_INT, 0);
            driver.check(Function.DEVICE_ATTRIBUTE, out, CAPABILITY_MINOR, device);
            return major + "." + out.get(JAVA_INT, 0);
        }
    }

    /** Bytes of the card's memory: free, then all. */
    long[] memory() throws Refusal {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment all = arena.allocate(JAVA_LONG);
            driver.check(Function.MEMORY_INFO, free, all);
            return new long[] {free.get(JAVA_LONG, 0), all.get(JAVA_LONG, 0)};
        }
    }

    /** A stream that does not wait for the default one. */
    long createStream() throws Refusal {
        return made(Function.CREATE_STREAM, NON_BLOCKING);
    }

    /** An event that notes the time. */
    long createEvent() throws Refusal {
        return made(Function.CREATE_EVENT, 0);
    }

    /** Memory on the card, at least 256-byte aligned. */
    long allocate(long bytes) throws Refusal {
        return made(Function.ALLOCATE, bytes);
    }

    /** Lets the card read and write host memory by itself; false when that memory cannot be pinned. */
    boolean pin(MemorySegment memory) {
        return driver.result(Function.REGISTER_HOST, memory.address(), memory.byteSize(), 0) == 0;
    }

    void unpin(MemorySegment memory) {
        driver.result(Function.UNREGISTER_HOST, memory.address());
    }

    /**
     * Registers a buffer of the current OpenGL context.
     *
     * @param flags 1: CUDA only reads it; 2: CUDA writes all of it
     */
    long register(int buffer, int flags) throws Refusal {
        return made(Function.REGISTER_BUFFER, buffer, flags);
    }

    /** Milliseconds on the card between two events that have passed. */
    float millis(long from, long to) throws Refusal {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            driver.check(Function.ELAPSED, out, from, to);
            return out.get(java.lang.foreign.ValueLayout.JAVA_FLOAT, 0);
        }
    }

    /** Gives an object back, unless it is 0; what a lost card says to that is of no use. */
    void give(Function back, long object) {
        if (object != 0) {
            driver.result(back, object);
        }
    }

    private long made(Function function, Object... arguments) throws Refusal {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            Object[] all = new Object[arguments.length + 1];
            all[0] = out;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            driver.check(function, all);
            return out.get(JAVA_LONG, 0);
        }
    }

    @Override
    public void close() {
        driver.result(Function.RELEASE_CONTEXT, device);
    }
}
