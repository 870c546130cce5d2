package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.segment.Runtimes;
import dev.handsover.segment.resident.OrtApi.Slot;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One loaded library of ONNX Runtime with its environment, kept to the process's end. Any thread. */
public final class OrtRuntime {
    private static final int FATAL = 4;
    private static final Map<Path, OrtRuntime> LOADED = new HashMap<>();

    private final OrtApi api;
    private final Path library;
    private final boolean official;
    private final long environment;
    private final long allocator;

    private OrtRuntime(Path library, boolean official) throws Refusal {
        this.library = library;
        this.official = official;
        this.api = OrtApi.load(library);
        try (Arena arena = Arena.ofConfined()) {
            this.environment = api.make(arena, Slot.CREATE_ENV, FATAL, arena.allocateFrom("handsover"));
            api.call(Slot.DISABLE_TELEMETRY, environment);
            this.allocator = api.make(arena, Slot.DEFAULT_ALLOCATOR);
        }
    }

    /**
     * The library at a path, or that of the official jar.
     *
     * @throws Refusal when it is missing, no ONNX Runtime, or too old
     */
    public static synchronized OrtRuntime at(@Nullable Path chosen) throws Refusal {
        // first, also when another library is wanted: the Java API would take that one for its own by its name
        Path own = Runtimes.library().orElse(null);
        Path path = chosen != null ? chosen : own;
        if (path == null) {
            throw new Refusal(
                    "ONNX Runtime's library is not in its jar for this platform; name one with" + " --ort-library.");
        }
        Path key = path.toAbsolutePath().normalize();
        OrtRuntime known = LOADED.get(key);
        if (known == null) {
            known = new OrtRuntime(key, chosen == null);
            LOADED.put(key, known);
        }
        return known;
    }

    /** ONNX Runtime's version, e.g. {@code 1.29.0}. */
    public String version() {
        return api.version();
    }

    public Path library() {
        return library;
    }

    /** The providers that the library says it was built with; whether they load is another matter. */
    public List<String> listed() throws Refusal {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_INT);
            api.call(Slot.PROVIDERS, names, count);
            int length = count.get(JAVA_INT, 0);
            MemorySegment list = names.get(ADDRESS, 0).reinterpret(length * ADDRESS.byteSize());
            List<String> providers = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                providers.add(OrtApi.text(list.getAtIndex(ADDRESS, i).address()));
            }
            api.call(Slot.RELEASE_PROVIDERS, list.address(), length);
            return providers;
        }
    }

    /** Why a provider's own library does not load: what it needs and does not find; empty when it does load. */
    String whyNot(String provider) {
        Path folder = library.getParent();
        Path file = (folder == null ? Path.of("") : folder)
                .resolve(System.mapLibraryName("onnxruntime_providers_" + provider));
        return file.toFile().exists() ? Loading.reason(file) : file.getFileName() + " is not beside it";
    }

    /** Unpacks a provider's library beside this one where the official jar carries it. */
    void unpack(String provider) {
        if (official) {
            Runtimes.unpackProvider(provider);
        }
    }

    OrtApi api() {
        return api;
    }

    long environment() {
        return environment;
    }

    /** ONNX Runtime's own allocator of small things such as names. */
    long allocator() {
        return allocator;
    }
}
