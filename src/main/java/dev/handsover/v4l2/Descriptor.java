package dev.handsover.v4l2;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An open device and the few system calls that it needs, through {@code java.lang.foreign}: 64-bit Linux. Nothing here waits
 * in the kernel for longer than {@link #SLICE_MILLIS}. One thread at a time.
 */
final class Descriptor implements AutoCloseable {
    /** POLLIN, POLLOUT and the two that are always told, of poll.h. */
    static final int READABLE = 1;

    static final int WRITABLE = 4;
    static final int BROKEN = 8 | 16;

    private static final int READ_WRITE = 2;
    private static final int NON_BLOCK = 0x800;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int PROTECT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int INTERRUPTED = 4;
    private static final int AGAIN = 11;
    private static final int SLICE_MILLIS = 100;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = find("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle CLOSE = find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 0);
    private static final MethodHandle IOCTL =
            find("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle POLL =
            find("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), 0);
    private static final MethodHandle MMAP = find(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG), 0);
    private static final MethodHandle MUNMAP = find("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), 0);
    private static final MethodHandle WRITE =
            find("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), 0);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(STATE);
    private final MemorySegment polled = arena.allocate(8, 8);
    private final int number;
    private boolean closed;

    private static MethodHandle find(String name, FunctionDescriptor shape, int fixedArguments) {
        Linker linker = Linker.nativeLinker();
        Linker.Option keep = Linker.Option.captureCallState("errno");
        MemorySegment symbol = linker.defaultLookup().findOrThrow(name);
        return fixedArguments == 0
                ? linker.downcallHandle(symbol, shape, keep)
                : linker.downcallHandle(symbol, shape, keep, Linker.Option.firstVariadicArg(fixedArguments));
    }

    private static IllegalStateException impossible(Throwable e) {
        return new IllegalStateException("a system call could not be made", e);
    }

    /** Opens for reading and writing, never blocking. */
    Descriptor(Path node) throws Refusal {
        try {
            number = (int) OPEN.invokeExact(
                    state, arena.allocateFrom(node.toString()), READ_WRITE | NON_BLOCK | CLOSE_ON_EXEC);
        } catch (Throwable e) {
            throw impossible(e);
        }
        if (number < 0) {
            int error = errno();
            arena.close();
            throw new Refusal("open", error);
        }
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    /** Memory that lives as long as this is open, zeroed. */
    MemorySegment allocate(long bytes) {
        return arena.allocate(bytes, 8);
    }

    /** Makes the call again while signals interrupt it; the errno, 0 when it was done. */
    int tryCall(long request, MemorySegment argument) {
        while (true) {
            try {
                if ((int) IOCTL.invokeExact(state, number, request, argument) >= 0) {
                    return 0;
                }
            } catch (Throwable e) {
                throw impossible(e);
            }
            if (errno() != INTERRUPTED) {
                return errno();
            }
        }
    }

    /** The same, where anything but success is worth an exception. */
    void call(String name, long request, MemorySegment argument) throws Refusal {
        int error = tryCall(request, argument);
        if (error != 0) {
            throw new Refusal(name, error);
        }
    }

    static boolean again(int errno) {
        return errno == AGAIN;
    }

    /**
     * Waits until one of {@code events} is there or the device is broken; what is there, 0 when the limit ran out.
     */
    int await(int events, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long left = end - System.nanoTime();
            polled.set(JAVA_INT, 0, number);
            polled.set(JAVA_SHORT, 4, (short) events);
            polled.set(JAVA_SHORT, 6, (short) 0);
            int millis = Math.clamp(left / 1_000_000, 0, SLICE_MILLIS);
            try {
                int ready = (int) POLL.invokeExact(state, polled, 1L, millis);
                if (ready > 0) {
                    return polled.get(JAVA_SHORT, 6);
                }
            } catch (Throwable e) {
                throw impossible(e);
            }
            if (left <= 0) {
                return 0;
            }
        }
    }

    /** The device's memory at an offset. Unmap it before closing. */
    MemorySegment map(long offset, long bytes) throws Refusal {
        try {
            long address = (long) MMAP.invokeExact(state, 0L, bytes, PROTECT_READ_WRITE, MAP_SHARED, number, offset);
            if (address == -1) {
                throw new Refusal("mmap", errno());
            }
            return MemorySegment.ofAddress(address).reinterpret(bytes);
        } catch (Refusal e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void unmap(MemorySegment mapped) {
        try {
            if ((int) MUNMAP.invokeExact(state, mapped.address(), mapped.byteSize()) != 0) {
                throw new IllegalStateException("munmap failed with error " + errno());
            }
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Writes all of it; false when the device has no room just now. */
    boolean write(MemorySegment bytes) throws Refusal {
        try {
            long written = (long) WRITE.invokeExact(state, number, bytes, bytes.byteSize());
            if (written < 0 && again(errno())) {
                return false;
            }
            if (written < 0) {
                throw new Refusal("write", errno());
            }
            return written == bytes.byteSize();
        } catch (Refusal e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            int error = (int) CLOSE.invokeExact(state, number);
            if (error != 0) {
                // the number is free all the same
                closed = true;
            }
        } catch (Throwable e) {
            throw impossible(e);
        } finally {
            arena.close();
        }
    }
}
