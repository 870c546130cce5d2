package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The function table of ONNX Runtime's C interface. Its functions are known by their place alone: {@code struct OrtApi} of
 * {@code onnxruntime_c_api.h} only grows at its end, so that a place, once shipped, never changes; all that are used here
 * shipped with interface version 16. Pointers to ONNX Runtime's objects are plain longs; several libraries may be loaded
 * side by side. Any thread.
 */
final class OrtApi {
    /** The interface version that is asked for: ONNX Runtime 1.16 and later have it. */
    static final int VERSION = 16;

    /** How many functions a table of that version has. */
    static final int TABLE = 266;

    private static final Linker LINKER = Linker.nativeLinker();

    /** The functions used, with their place and the kinds of their arguments: see {@link Shape}. */
    enum Slot {
        GET_ERROR_MESSAGE(2, Shape.TEXT),
        CREATE_ENV(3, Shape.INT_ADDRESS_ADDRESS),
        DISABLE_TELEMETRY(6, Shape.LONG),
        CREATE_SESSION(7, Shape.LONG_ADDRESS_LONG_ADDRESS),
        RUN(9, Shape.RUN),
        CREATE_SESSION_OPTIONS(10, Shape.ADDRESS_1),
        SET_LOG_SEVERITY(22, Shape.LONG_INT),
        SET_GRAPH_OPTIMIZATION(23, Shape.LONG_INT),
        SET_INTRA_OP_THREADS(24, Shape.LONG_INT),
        SET_INTER_OP_THREADS(25, Shape.LONG_INT),
        INPUT_COUNT(30, Shape.LONG_ADDRESS),
        OUTPUT_COUNT(31, Shape.LONG_ADDRESS),
        INPUT_NAME(36, Shape.LONG_LONG_LONG_ADDRESS),
        OUTPUT_NAME(37, Shape.LONG_LONG_LONG_ADDRESS),
        CREATE_RUN_OPTIONS(39, Shape.ADDRESS_1),
        CREATE_TENSOR(49, Shape.TENSOR),
        ELEMENT_TYPE(60, Shape.LONG_ADDRESS),
        DIMENSION_COUNT(61, Shape.LONG_ADDRESS),
        DIMENSIONS(62, Shape.LONG_ADDRESS_LONG),
        TENSOR_SHAPE(65, Shape.LONG_ADDRESS),
        CREATE_MEMORY_INFO(68, Shape.MEMORY_INFO),
        ALLOCATOR_FREE(76, Shape.LONG_LONG),
        DEFAULT_ALLOCATOR(78, Shape.ADDRESS_1),
        RELEASE_ENV(92, Shape.NOTHING),
        RELEASE_STATUS(93, Shape.NOTHING),
        RELEASE_MEMORY_INFO(94, Shape.NOTHING),
        RELEASE_SESSION(95, Shape.NOTHING),
        RELEASE_VALUE(96, Shape.NOTHING),
        RELEASE_RUN_OPTIONS(97, Shape.NOTHING),
        RELEASE_TENSOR_SHAPE(99, Shape.NOTHING),
        RELEASE_SESSION_OPTIONS(100, Shape.NOTHING),
        FIX_DIMENSION(124, Shape.LONG_ADDRESS_LONG),
        PROVIDERS(125, Shape.ADDRESS_2),
        RELEASE_PROVIDERS(126, Shape.LONG_INT),
        SESSION_ENTRY(130, Shape.LONG_ADDRESS_ADDRESS),
        RUN_WITH_BINDING(133, Shape.LONG_LONG_LONG),
        CREATE_BINDING(134, Shape.LONG_ADDRESS),
        RELEASE_BINDING(135, Shape.NOTHING),
        BIND_INPUT(136, Shape.LONG_ADDRESS_LONG),
        BIND_OUTPUT(137, Shape.LONG_ADDRESS_LONG),
        BIND_OUTPUT_TO_DEVICE(138, Shape.LONG_ADDRESS_LONG),
        BOUND_OUTPUTS(140, Shape.LONG_LONG_ADDRESS_ADDRESS),
        RUN_ENTRY(165, Shape.LONG_ADDRESS_ADDRESS),
        APPEND_TENSORRT(170, Shape.LONG_LONG),
        CREATE_TENSORRT_OPTIONS(171, Shape.ADDRESS_1),
        SET_TENSORRT_OPTIONS(172, Shape.LONG_ADDRESS_ADDRESS_LONG),
        RELEASE_TENSORRT_OPTIONS(174, Shape.NOTHING),
        APPEND_CUDA(204, Shape.LONG_LONG),
        CREATE_CUDA_OPTIONS(205, Shape.ADDRESS_1),
        SET_CUDA_OPTIONS(206, Shape.LONG_ADDRESS_ADDRESS_LONG),
        RELEASE_CUDA_OPTIONS(208, Shape.NOTHING),
        APPEND_PROVIDER(216, Shape.LONG_ADDRESS_ADDRESS_ADDRESS_LONG),
        SET_TENSORRT_POINTER(261, Shape.LONG_ADDRESS_LONG),
        SET_CUDA_POINTER(263, Shape.LONG_ADDRESS_LONG);

        final int place;
        final Shape shape;

        Slot(int place, Shape shape) {
            this.place = place;
            this.shape = shape;
        }
    }

    /** Signatures; all but {@link #NOTHING} and {@link #TEXT} return a status, 0 when all is well. */
    enum Shape {
        NOTHING(FunctionDescriptor.ofVoid(JAVA_LONG)),
        TEXT(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG)),
        LONG(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG)),
        ADDRESS_1(FunctionDescriptor.of(JAVA_LONG, ADDRESS)),
        ADDRESS_2(FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS)),
        LONG_INT(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT)),
        LONG_LONG(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG)),
        LONG_ADDRESS(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS)),
        LONG_LONG_LONG(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG)),
        LONG_ADDRESS_LONG(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG)),
        LONG_ADDRESS_ADDRESS(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS)),
        INT_ADDRESS_ADDRESS(FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS)),
        LONG_ADDRESS_LONG_ADDRESS(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS)),
        LONG_LONG_LONG_ADDRESS(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS)),
        LONG_LONG_ADDRESS_ADDRESS(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS)),
        LONG_ADDRESS_ADDRESS_LONG(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG)),
        LONG_ADDRESS_ADDRESS_ADDRESS_LONG(
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG)),
        RUN(FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS)),
        MEMORY_INFO(FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS)),
        TENSOR(FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));

        final MethodHandle handle;

        Shape(FunctionDescriptor function) {
            handle = Linker.nativeLinker().downcallHandle(function);
        }
    }

    private static final MethodHandle NO_ARGUMENTS = LINKER.downcallHandle(FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle GET_API = LINKER.downcallHandle(FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final MethodHandle RELEASE = Shape.NOTHING.handle;
    private static final MethodHandle BIND = Shape.LONG_ADDRESS_LONG.handle;
    private static final MethodHandle RUN = Shape.LONG_LONG_LONG.handle;

    private final MemorySegment[] functions = new MemorySegment[TABLE];
    private final MemorySegment run;
    private final MemorySegment bind;
    private final MemorySegment releaseStatus;
    private final String version;

    private OrtApi(MemorySegment table, String version) {
        this.version = version;
        for (Slot slot : Slot.values()) {
            functions[slot.place] = table.getAtIndex(ADDRESS, slot.place);
        }
        this.run = at(Slot.RUN_WITH_BINDING);
        this.bind = at(Slot.BIND_INPUT);
        this.releaseStatus = at(Slot.RELEASE_STATUS);
    }

    /**
     * Loads a library; it stays loaded to the process's end.
     *
     * @throws Refusal when it is missing, no ONNX Runtime, or too old
     */
    static OrtApi load(Path library) throws Refusal {
        if (!Files.isReadable(library)) {
            throw new Refusal("There is no library " + library + "; check the path.");
        }
        String why = Loading.reason(library);
        if (!why.isEmpty()) {
            throw new Refusal(library + " cannot be loaded: " + why + "; name ONNX Runtime's library.");
        }
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global());
        } catch (IllegalArgumentException e) {
            throw new Refusal(library + " cannot be loaded; name ONNX Runtime's library.", e);
        }
        Optional<MemorySegment> base = symbols.find("OrtGetApiBase");
        if (base.isEmpty()) {
            throw new Refusal(library + " is no ONNX Runtime (it has no OrtGetApiBase); name libonnxruntime.so or"
                    + " onnxruntime.dll.");
        }
        return from(library, base.get());
    }

    private static OrtApi from(Path library, MemorySegment getBase) throws Refusal {
        try {
            // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t); const char* (*GetVersionString)(void); }
            MemorySegment base =
                    ((MemorySegment) NO_ARGUMENTS.invokeExact(getBase)).reinterpret(2 * ADDRESS.byteSize());
            MemorySegment said = (MemorySegment) NO_ARGUMENTS.invokeExact(base.getAtIndex(ADDRESS, 1));
            String version = text(said.address());
            if (!atLeast(version, VERSION)) {
                throw new Refusal(library + " is ONNX Runtime " + version + "; 1." + VERSION + " or later is needed.");
            }
            MemorySegment table = (MemorySegment) GET_API.invokeExact(base.getAtIndex(ADDRESS, 0), VERSION);
            if (table.equals(MemorySegment.NULL)) {
                throw new Refusal(library + " (ONNX Runtime " + version + ") does not offer interface version "
                        + VERSION + "; take an official build.");
            }
            OrtApi api = new OrtApi(table.reinterpret(TABLE * ADDRESS.byteSize()), version);
            for (Slot slot : Slot.values()) {
                if (api.at(slot).equals(MemorySegment.NULL)) {
                    throw new Refusal(library + " (ONNX Runtime " + version + ") lacks "
                            + slot.name().toLowerCase(Locale.ROOT) + " at place " + slot.place
                            + " of its table; take an official build.");
                }
            }
            return api;
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Whether {@code 1.x.y} has at least that x; everything later than 1 has. */
    private static boolean atLeast(String version, int minor) {
        String[] parts = version.split("\\.", 3);
        try {
            int major = Integer.parseInt(parts[0]);
            return major > 1 || major == 1 && Integer.parseInt(parts[1]) >= minor;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    String version() {
        return version;
    }

    /** Address of a function. */
    MemorySegment at(Slot slot) {
        return functions[slot.place];
    }

    /**
     * Runs a session on its bound memory; the hot path, which allocates nothing.
     *
     * @return a status, 0 when all is well; to be given to {@link #check}
     */
    long run(long session, long runOptions, long binding) {
        try {
            return (long) RUN.invokeExact(run, session, runOptions, binding);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Binds an input anew, on the hot path of providers that take it over when it is bound; gives a status. */
    long bindInput(long binding, MemorySegment name, long value) {
        try {
            return (long) BIND.invokeExact(bind, binding, name, value);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls the cheapest function there is, {@code ReleaseStatus(NULL)}: what a call costs without its work. */
    void nothing() {
        try {
            RELEASE.invokeExact(releaseStatus, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Releases an object, unless it is 0. */
    void release(Slot slot, long object) {
        if (object == 0) {
            return;
        }
        try {
            RELEASE.invokeExact(at(slot), object);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Turns a status into an exception with ONNX Runtime's words, and releases it. */
    void check(long status) throws Refusal {
        if (status != 0) {
            throw new Refusal(message(status));
        }
    }

    /** The first line of what a status says; the status is released. */
    String message(long status) {
        String text;
        try {
            text = text((long) Shape.TEXT.handle.invokeExact(at(Slot.GET_ERROR_MESSAGE), status));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        release(Slot.RELEASE_STATUS, status);
        return text.lines().findFirst().orElse("no reason given").strip().replaceAll("\\.$", "");
    }

    /** Calls a function that gives a status, off the hot path; the arguments must fit the slot's shape. */
    void call(Slot slot, Object... arguments) throws Refusal {
        Object[] all = new Object[arguments.length + 1];
        all[0] = at(slot);
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        long status;
        try {
            status = (long) slot.shape.handle.invokeWithArguments(all);
        } catch (Throwable e) {
            throw rethrown(e);
        }
        check(status);
    }

    /** Calls a function whose last argument is where it writes a pointer, and gives that pointer. */
    long make(Arena arena, Slot slot, Object... arguments) throws Refusal {
        MemorySegment out = arena.allocate(JAVA_LONG);
        Object[] all = new Object[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = out;
        call(slot, all);
        return out.get(JAVA_LONG, 0);
    }

    /** The zero-terminated UTF-8 at an address. */
    static String text(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Pointers to texts, in order. */
    static MemorySegment texts(Arena arena, Iterable<String> words, int count) {
        MemorySegment pointers = arena.allocate(MemoryLayout.sequenceLayout(Math.max(1, count), ADDRESS));
        int at = 0;
        for (String word : words) {
            pointers.setAtIndex(ADDRESS, at++, arena.allocateFrom(word));
        }
        return pointers;
    }

    private static RuntimeException rethrown(@Nullable Throwable e) throws Refusal {
        switch (e) {
            case Refusal refusal -> throw refusal;
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException(e);
        }
    }
}
