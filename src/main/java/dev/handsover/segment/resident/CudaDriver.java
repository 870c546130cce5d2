package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * NVIDIA's driver by its C interface ({@code cuda.h}, {@code cudaGL.h}): part of the graphics driver, only found at run time,
 * nothing to be installed. Pointers to the driver's objects and addresses on the card are plain longs. Functions with an
 * ending such as {@code _v2} are those that the header's names stand for. Any thread.
 */
final class CudaDriver {
    /** Names this instead of the driver's library, e.g. one for tests. */
    static final String PROPERTY = "handsover.cuda";

    private static final Linker LINKER = Linker.nativeLinker();
    private static final int NOT_READY = 600;

    private enum Shape {
        INT(JAVA_INT),
        LONG(JAVA_LONG),
        ADDRESS_1(ADDRESS),
        ADDRESS_INT(ADDRESS, JAVA_INT),
        ADDRESS_LONG(ADDRESS, JAVA_LONG),
        ADDRESS_ADDRESS(ADDRESS, ADDRESS),
        INT_ADDRESS(JAVA_INT, ADDRESS),
        LONG_LONG(JAVA_LONG, JAVA_LONG),
        LONG_LONG_INT(JAVA_LONG, JAVA_LONG, JAVA_INT),
        ADDRESS_INT_INT(ADDRESS, JAVA_INT, JAVA_INT),
        ADDRESS_LONG_LONG(ADDRESS, JAVA_LONG, JAVA_LONG),
        LONG_LONG_LONG(JAVA_LONG, JAVA_LONG, JAVA_LONG),
        INT_LONG_LONG(JAVA_INT, JAVA_LONG, JAVA_LONG),
        ADDRESS_ADDRESS_INT_INT(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT),
        LONG_LONG_LONG_LONG(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

        final MethodHandle handle;

        Shape(java.lang.foreign.MemoryLayout... arguments) {
            handle = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, arguments));
        }
    }

    /** The functions used, by the names that the library exports; each gives a CUresult, 0 when all is well. */
    enum Function {
        INIT("cuInit", Shape.INT),
        VERSION("cuDriverGetVersion", Shape.ADDRESS_1),
        ERROR_NAME("cuGetErrorName", Shape.INT_ADDRESS),
        ERROR_TEXT("cuGetErrorString", Shape.INT_ADDRESS),
        DEVICE_COUNT("cuDeviceGetCount", Shape.ADDRESS_1),
        DEVICE("cuDeviceGet", Shape.ADDRESS_INT),
        DEVICE_NAME("cuDeviceGetName", Shape.ADDRESS_INT_INT),
        DEVICE_ATTRIBUTE("cuDeviceGetAttribute", Shape.ADDRESS_INT_INT),
        RETAIN_CONTEXT("cuDevicePrimaryCtxRetain", Shape.ADDRESS_INT),
        RELEASE_CONTEXT("cuDevicePrimaryCtxRelease_v2", Shape.INT),
        SET_CONTEXT("cuCtxSetCurrent", Shape.LONG),
        MEMORY_INFO("cuMemGetInfo_v2", Shape.ADDRESS_ADDRESS),
        ALLOCATE("cuMemAlloc_v2", Shape.ADDRESS_LONG),
        FREE("cuMemFree_v2", Shape.LONG),
        REGISTER_HOST("cuMemHostRegister_v2", Shape.LONG_LONG_INT),
        UNREGISTER_HOST("cuMemHostUnregister", Shape.LONG),
        COPY("cuMemcpyDtoDAsync_v2", Shape.LONG_LONG_LONG_LONG),
        UPLOAD("cuMemcpyHtoDAsync_v2", Shape.LONG_LONG_LONG_LONG),
        DOWNLOAD("cuMemcpyDtoHAsync_v2", Shape.LONG_LONG_LONG_LONG),
        CREATE_STREAM("cuStreamCreate", Shape.ADDRESS_INT),
        DESTROY_STREAM("cuStreamDestroy_v2", Shape.LONG),
        AWAIT_STREAM("cuStreamSynchronize", Shape.LONG),
        CREATE_EVENT("cuEventCreate", Shape.ADDRESS_INT),
        DESTROY_EVENT("cuEventDestroy_v2", Shape.LONG),
        RECORD_EVENT("cuEventRecord", Shape.LONG_LONG),
        QUERY_EVENT("cuEventQuery", Shape.LONG),
        ELAPSED("cuEventElapsedTime", Shape.ADDRESS_LONG_LONG),
        GL_DEVICES("cuGLGetDevices_v2", Shape.ADDRESS_ADDRESS_INT_INT),
        REGISTER_BUFFER("cuGraphicsGLRegisterBuffer", Shape.ADDRESS_INT_INT),
        UNREGISTER_BUFFER("cuGraphicsUnregisterResource", Shape.LONG),
        MAP("cuGraphicsMapResources", Shape.INT_LONG_LONG),
        UNMAP("cuGraphicsUnmapResources", Shape.INT_LONG_LONG),
        MAPPED("cuGraphicsResourceGetMappedPointer_v2", Shape.LONG_LONG_LONG);

        private final String symbol;
        private final Shape shape;

        Function(String symbol, Shape shape) {
            this.symbol = symbol;
            this.shape = shape;
        }
    }

    private static final MethodHandle LONGS_4 = Shape.LONG_LONG_LONG_LONG.handle;
    private static final MethodHandle LONGS_2 = Shape.LONG_LONG.handle;
    private static final MethodHandle LONGS_1 = Shape.LONG.handle;
    private static final MethodHandle MAPPING = Shape.INT_LONG_LONG.handle;
    private static final MethodHandle POINTER = Shape.LONG_LONG_LONG.handle;

    private final Map<Function, MemorySegment> functions = new EnumMap<>(Function.class);
    private final MemorySegment map;
    private final MemorySegment unmap;
    private final MemorySegment mapped;
    private final int version;

    private CudaDriver(SymbolLookup library, String name) throws Refusal {
        for (Function each : Function.values()) {
            Optional<MemorySegment> found = library.find(each.symbol);
            if (found.isEmpty()) {
                throw new Refusal("the NVIDIA driver's " + name + " lacks " + each.symbol
                        + ": it is too old, driver 525 or later is needed");
            }
            functions.put(each, found.get());
        }
        map = at(Function.MAP);
        unmap = at(Function.UNMAP);
        mapped = at(Function.MAPPED);
        check(Function.INIT, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            check(Function.VERSION, number);
            version = number.get(JAVA_INT, 0);
        }
    }

    /**
     * Loads the driver's library and wakes it.
     *
     * @throws Refusal when there is none, or no card, in plain words
     */
    static CudaDriver load() throws Refusal {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        String name = System.getProperty(PROPERTY, windows ? "nvcuda.dll" : "libcuda.so.1");
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new Refusal("there is no NVIDIA driver here (" + name + " is not found)", e);
        }
        return new CudaDriver(library, name);
    }

    private MemorySegment at(Function function) {
        MemorySegment found = functions.get(function);
        if (found == null) {
            throw new IllegalStateException(function.symbol);
        }
        return found;
    }

    /** The newest CUDA that the driver can run, e.g. 12040 for 12.4. */
    int version() {
        return version;
    }

    /** Calls a function off the hot path; throws with the driver's words when it fails. */
    void check(Function function, Object... arguments) throws Refusal {
        int result = result(function, arguments);
        if (result != 0) {
            throw new Refusal(function.symbol + " says: " + words(result));
        }
    }

    /** Calls a function off the hot path and gives its result. */
    int result(Function function, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = at(function);
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            return (int) function.shape.handle.invokeWithArguments(all);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a result means, in the driver's words. */
    private String words(int result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(JAVA_LONG);
            String name = result(Function.ERROR_NAME, result, text) == 0 ? OrtApi.text(text.get(JAVA_LONG, 0)) : "";
            String meaning = result(Function.ERROR_TEXT, result, text) == 0 ? OrtApi.text(text.get(JAVA_LONG, 0)) : "";
            return name.isEmpty() ? "error " + result : meaning + " (" + name + ")";
        }
    }

    /**
     * Copies on the card, to it or from it, in the order of a stream; allocates nothing.
     *
     * @param way {@link Function#COPY}, {@link Function#UPLOAD} or {@link Function#DOWNLOAD}
     */
    void copy(Function way, long to, long from, long bytes, long stream) {
        try {
            demand(way, (int) LONGS_4.invokeExact(at(way), to, from, bytes, stream));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Gives registered buffers to CUDA: what OpenGL was told before is done first, by the card. Allocates nothing. */
    void map(int count, MemorySegment resources, long stream) {
        try {
            demand(Function.MAP, (int) MAPPING.invokeExact(map, count, resources.address(), stream));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Gives buffers back to OpenGL: what it is told later waits for the stream, on the card. Allocates nothing. */
    void unmap(int count, MemorySegment resources, long stream) {
        try {
            demand(Function.UNMAP, (int) MAPPING.invokeExact(unmap, count, resources.address(), stream));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Where a mapped buffer lies on the card; {@code pointer} and {@code bytes} are room for eight bytes each. */
    long mapped(MemorySegment pointer, MemorySegment bytes, long resource) {
        try {
            demand(Function.MAPPED, (int) POINTER.invokeExact(mapped, pointer.address(), bytes.address(), resource));
            return pointer.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Puts an event behind what the stream was told so far; allocates nothing. */
    void record(long event, long stream) {
        try {
            demand(Function.RECORD_EVENT, (int) LONGS_2.invokeExact(at(Function.RECORD_EVENT), event, stream));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Whether the stream has come past an event; does not wait. Allocates nothing. */
    boolean passed(long event) {
        try {
            int result = (int) LONGS_1.invokeExact(at(Function.QUERY_EVENT), event);
            if (result != NOT_READY) {
                demand(Function.QUERY_EVENT, result);
            }
            return result == 0;
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Waits until a stream is empty; never in the loop of a shared network. */
    void await(long stream) {
        try {
            demand(Function.AWAIT_STREAM, (int) LONGS_1.invokeExact(at(Function.AWAIT_STREAM), stream));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private void demand(Function function, int result) {
        if (result != 0) {
            throw new IllegalStateException("the card is lost: " + function.symbol + " says: " + words(result));
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
