package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.OrtApi.Slot;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A session of ONNX Runtime with its input and output bound to memory of ours, so that a run moves nothing by itself. One
 * thread at a time. Options, session and binding are freed together, so they are made together here.
 */
final class NetworkSession implements AutoCloseable {
    private static final int ALL_OPTIMIZATIONS = 99;
    private static final int FATAL = 4;
    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    private static final int DEVICE_ALLOCATOR = 0;

    private final OrtApi api;
    private final OrtRuntime runtime;
    private final Provider provider;
    private final ModelCard card;
    private final int width;
    private final int height;
    private long session;
    private long runOptions;
    private long binding;
    private long memory;
    private long input;
    private long output;
    private String inputName = "";
    private String outputName = "";
    private final Arena arena = Arena.ofShared();
    private MemorySegment inputText = MemorySegment.NULL;

    /** Where bound memory lies. */
    enum Memory {
        HOST("Cpu"),
        CUDA("Cuda");

        final String name;

        Memory(String name) {
            this.name = name;
        }
    }

    private NetworkSession(OrtRuntime runtime, ModelCard card, int width, int height, Provider provider) {
        this.runtime = runtime;
        this.api = runtime.api();
        this.card = card;
        this.width = width;
        this.height = height;
        this.provider = provider;
    }

    /**
     * Opens a network at a size.
     *
     * @throws Refusal with ONNX Runtime's words when it cannot
     */
    static NetworkSession open(OrtRuntime runtime, ModelCard card, int width, int height, Provider provider)
            throws Refusal {
        NetworkSession made = new NetworkSession(runtime, card, width, height, provider);
        boolean whole = false;
        try {
            made.create();
            whole = true;
            return made;
        } finally {
            if (!whole) {
                made.close();
            }
        }
    }

    private void create() throws Refusal {
        try (Arena brief = Arena.ofConfined()) {
            long options = api.make(brief, Slot.CREATE_SESSION_OPTIONS);
            try {
                configure(brief, options);
                provider.append(api, brief, options);
                session =
                        api.make(brief, Slot.CREATE_SESSION, runtime.environment(), path(brief, card.file()), options);
            } finally {
                api.release(Slot.RELEASE_SESSION_OPTIONS, options);
            }
            inputName =
                    name(brief, Slot.INPUT_COUNT, Slot.INPUT_NAME, card.input().name(), "input");
            inputText = arena.allocateFrom(inputName);
            outputName = name(
                    brief, Slot.OUTPUT_COUNT, Slot.OUTPUT_NAME, card.output().name(), "output");
            runOptions = api.make(brief, Slot.CREATE_RUN_OPTIONS);
            if (!(provider instanceof Provider.Cpu)) {
                // what follows on the stream is ordered behind the run anyway
                api.call(
                        Slot.RUN_ENTRY,
                        runOptions,
                        brief.allocateFrom("disable_synchronize_execution_providers"),
                        brief.allocateFrom(onStream() ? "1" : "0"));
            }
            binding = api.make(brief, Slot.CREATE_BINDING, session);
        }
    }

    /** Whether everything is ordered on a stream of ours, which the caller waits for where it must. */
    private boolean onStream() {
        return provider instanceof Provider.Cuda cuda && cuda.stream() != 0
                || provider instanceof Provider.TensorRt tensorRt && tensorRt.stream() != 0;
    }

    private void configure(Arena brief, long options) throws Refusal {
        int threads = provider instanceof Provider.Cpu cpu ? cpu.threads() : 1;
        api.call(Slot.SET_LOG_SEVERITY, options, FATAL);
        api.call(Slot.SET_GRAPH_OPTIMIZATION, options, ALL_OPTIMIZATIONS);
        api.call(Slot.SET_INTRA_OP_THREADS, options, threads);
        api.call(Slot.SET_INTER_OP_THREADS, options, 1);
        // a spinning pool burns the time that decoder and encoder need
        entry(brief, options, "session.intra_op.allow_spinning", "0");
        if (provider instanceof Provider.Cuda || provider instanceof Provider.TensorRt) {
            // else what the card does not take would run on the processor, with a copy there and back, and nobody would
            // know
            entry(brief, options, "session.disable_cpu_ep_fallback", "1");
        }
        fix(brief, options, "batch", 1);
        fix(brief, options, "width", width);
        fix(brief, options, "height", height);
    }

    private void entry(Arena brief, long options, String key, String value) throws Refusal {
        api.call(Slot.SESSION_ENTRY, options, brief.allocateFrom(key), brief.allocateFrom(value));
    }

    private void fix(Arena brief, long options, String dimension, long value) throws Refusal {
        api.call(Slot.FIX_DIMENSION, options, brief.allocateFrom(dimension), value);
    }

    /** Paths are wide characters on Windows. */
    private static MemorySegment path(Arena brief, Path file) {
        boolean wide = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return wide
                ? brief.allocateFrom(file.toString(), StandardCharsets.UTF_16LE)
                : brief.allocateFrom(file.toString());
    }

    /** The name that the card gives, if the network has it, or the network's first. */
    private String name(Arena brief, Slot count, Slot get, String wanted, String what) throws Refusal {
        MemorySegment number = brief.allocate(JAVA_LONG);
        api.call(count, session, number);
        List<String> names = new ArrayList<>();
        for (long i = 0; i < number.get(JAVA_LONG, 0); i++) {
            long text = api.make(brief, get, session, i, runtime.allocator());
            names.add(OrtApi.text(text));
            api.call(Slot.ALLOCATOR_FREE, runtime.allocator(), text);
        }
        if (names.isEmpty() || !wanted.isEmpty() && !names.contains(wanted)) {
            throw new Refusal("the network of \"" + card.name() + "\" has no " + what + " \"" + wanted + "\"; it has "
                    + String.join(", ", names));
        }
        return wanted.isEmpty() ? names.getFirst() : wanted;
    }

    /** The tensors' shapes: runs once on zeros and asks what came out. Only before {@link #bind}. */
    Shape shape() throws Refusal {
        try (Arena brief = Arena.ofConfined()) {
            Shape half = new Shape(card, width, height, List.of());
            MemorySegment zeros = brief.allocate(half.inputBytes(), 64);
            long host = memoryInfo(brief, Memory.HOST, 0);
            long value = 0;
            try {
                value = tensor(brief, host, zeros.address(), half.inputBytes(), half.input(), element());
                api.call(Slot.BIND_INPUT, binding, brief.allocateFrom(inputName), value);
                api.call(Slot.BIND_OUTPUT_TO_DEVICE, binding, brief.allocateFrom(outputName), host);
                api.check(api.run(session, runOptions, binding));
                return new Shape(card, width, height, boundOutput(brief));
            } finally {
                api.release(Slot.RELEASE_VALUE, value);
                api.release(Slot.RELEASE_MEMORY_INFO, host);
            }
        }
    }

    private List<Long> boundOutput(Arena brief) throws Refusal {
        MemorySegment values = brief.allocate(ADDRESS);
        MemorySegment count = brief.allocate(JAVA_LONG);
        api.call(Slot.BOUND_OUTPUTS, binding, runtime.allocator(), values, count);
        long list = values.get(JAVA_LONG, 0);
        long number = count.get(JAVA_LONG, 0);
        MemorySegment all = MemorySegment.ofAddress(list).reinterpret(8 * number);
        try {
            return dimensions(brief, all.getAtIndex(JAVA_LONG, 0));
        } finally {
            for (long i = 0; i < number; i++) {
                api.release(Slot.RELEASE_VALUE, all.getAtIndex(JAVA_LONG, i));
            }
            api.call(Slot.ALLOCATOR_FREE, runtime.allocator(), list);
        }
    }

    private List<Long> dimensions(Arena brief, long value) throws Refusal {
        long info = api.make(brief, Slot.TENSOR_SHAPE, value);
        try {
            MemorySegment type = brief.allocate(JAVA_INT);
            api.call(Slot.ELEMENT_TYPE, info, type);
            if (type.get(JAVA_INT, 0) != FLOAT) {
                throw new Refusal("the network of \"" + card.name() + "\" does not give 32-bit floats");
            }
            MemorySegment count = brief.allocate(JAVA_LONG);
            api.call(Slot.DIMENSION_COUNT, info, count);
            long rank = count.get(JAVA_LONG, 0);
            MemorySegment sizes = brief.allocate(JAVA_LONG, rank);
            api.call(Slot.DIMENSIONS, info, sizes, rank);
            List<Long> dimensions = new ArrayList<>();
            for (long i = 0; i < rank; i++) {
                dimensions.add(sizes.getAtIndex(JAVA_LONG, i));
            }
            return dimensions;
        } finally {
            api.release(Slot.RELEASE_TENSOR_SHAPE, info);
        }
    }

    /**
     * Binds input and output to memory that must stay until the session is closed or bound anew.
     *
     * @param device of the memory; 0 for host memory
     */
    void bind(Shape shape, Memory where, int device, long inputAddress, long outputAddress) throws Refusal {
        unbind();
        try (Arena brief = Arena.ofConfined()) {
            memory = memoryInfo(brief, where, device);
            input = tensor(brief, memory, inputAddress, shape.inputBytes(), shape.input(), element());
            long[] sizes = shape.output().stream().mapToLong(Long::longValue).toArray();
            output = tensor(brief, memory, outputAddress, shape.outputBytes(), sizes, FLOAT);
            api.call(Slot.BIND_INPUT, binding, brief.allocateFrom(inputName), input);
            api.call(Slot.BIND_OUTPUT, binding, brief.allocateFrom(outputName), output);
        }
    }

    private int element() {
        return card.input().element() == ModelCard.Element.UINT8 ? UINT8 : FLOAT;
    }

    private long memoryInfo(Arena brief, Memory where, int device) throws Refusal {
        return api.make(brief, Slot.CREATE_MEMORY_INFO, brief.allocateFrom(where.name), DEVICE_ALLOCATOR, device, 0);
    }

    private long tensor(Arena brief, long memoryInfo, long address, long bytes, long[] sizes, int type) throws Refusal {
        return api.make(
                brief,
                Slot.CREATE_TENSOR,
                memoryInfo,
                address,
                bytes,
                brief.allocateFrom(JAVA_LONG, sizes),
                (long) sizes.length,
                type);
    }

    /** Runs on what is bound; allocates nothing. Throws when the provider fails, e.g. because its device is lost. */
    void run() {
        // an input in host memory is copied to the provider's own when it is bound, not when it runs
        long status = provider instanceof Provider.Named ? api.bindInput(binding, inputText, input) : 0;
        if (status == 0) {
            status = api.run(session, runOptions, binding);
        }
        if (status != 0) {
            throw new IllegalStateException("the network failed: " + api.message(status));
        }
    }

    Provider provider() {
        return provider;
    }

    private void unbind() {
        api.release(Slot.RELEASE_VALUE, input);
        api.release(Slot.RELEASE_VALUE, output);
        api.release(Slot.RELEASE_MEMORY_INFO, memory);
        input = 0;
        output = 0;
        memory = 0;
    }

    @Override
    public void close() {
        api.release(Slot.RELEASE_BINDING, binding);
        unbind();
        api.release(Slot.RELEASE_RUN_OPTIONS, runOptions);
        api.release(Slot.RELEASE_SESSION, session);
        binding = 0;
        runOptions = 0;
        session = 0;
        arena.close();
    }
}
