package dev.handsover.segment.resident;

import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.OrtApi.Slot;
import dev.handsover.segment.resident.ResidentNetwork.Place;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a library of ONNX Runtime can do beyond the processor: what it lists is only believed when it has run. */
public final class Providers {
    /** Names as libraries list them, and as the generic call takes them. */
    private static final Map<String, String> GENERIC = Map.of(
            "XnnpackExecutionProvider", "XNNPACK",
            "OpenVINOExecutionProvider", "OpenVINO",
            "CoreMLExecutionProvider", "CoreML",
            "DmlExecutionProvider", "DML",
            "MIGraphXExecutionProvider", "MIGraphX",
            "WebGpuExecutionProvider", "WebGPU");

    private Providers() {}

    /**
     * What became of one provider.
     *
     * @param name as the library lists it
     * @param works it ran and gave what the processor gives
     * @param words its time, or why not
     */
    public record Verdict(String name, boolean works, String words) {}

    /** What was found in a library. */
    public record Found(String version, Path library, List<Verdict> verdicts) {
        public Found {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * Tries every provider that a library lists on one network. NVIDIA's are tried by the ladder; here it is only asked
     * whether they load.
     *
     * @throws Refusal when the library itself cannot be used
     */
    public static Found tried(@Nullable Path library, ModelCard card) throws Refusal {
        OrtRuntime runtime = OrtRuntime.at(library);
        int[] size = card.input().sizeFor(16 / 9.0, card.input().pixels());
        Proof proof = Proof.of(OrtRuntime.at(null), card, size[0], size[1], 1);
        List<Verdict> verdicts = new ArrayList<>();
        for (String name : runtime.listed()) {
            try {
                verdicts.add(new Verdict(name, true, tried(runtime, proof, name)));
            } catch (Refusal e) {
                verdicts.add(new Verdict(name, false, e.sentence()));
            }
        }
        return new Found(runtime.version(), runtime.library(), verdicts);
    }

    private static String tried(OrtRuntime runtime, Proof proof, String name) throws Refusal {
        if (name.startsWith("CUDA") || name.startsWith("Tensorrt")) {
            demand(runtime, name.startsWith("CUDA") ? "cuda" : "tensorrt");
            return "loads";
        }
        if (!name.startsWith("CPU") && !GENERIC.containsKey(name)) {
            throw new Refusal("not used by this program");
        }
        String title = GENERIC.getOrDefault(name, "");
        Provider provider = title.isEmpty() ? new Provider.Cpu(1) : new Provider.Named(title, Map.of());
        try (Arena arena = Arena.ofConfined()) {
            Place.Host place = new Place.Host(
                    arena.allocate(proof.shape().inputBytes(), 64),
                    arena.allocate(proof.shape().outputBytes(), 64));
            try (ResidentNetwork network = HostStaging.open(runtime, proof, provider, place, "proven")) {
                return network.describe();
            }
        }
    }

    /**
     * Asks for one of NVIDIA's providers as a session would.
     *
     * @param provider {@code cuda} or {@code tensorrt}
     * @throws Refusal when the library was built without it, or the provider's own library does not load: then with what is
     *     missing
     */
    static void demand(OrtRuntime runtime, String provider) throws Refusal {
        String listed = provider.equals("cuda") ? "CUDAExecutionProvider" : "TensorrtExecutionProvider";
        String title = provider.equals("cuda") ? "CUDA" : "TensorRT";
        if (!runtime.listed().contains(listed)) {
            throw new Refusal("this ONNX Runtime (" + runtime.version() + ") was built without " + title
                    + "; start with HANDSOVER_RUNTIME=cuda, or name another with --ort-library");
        }
        runtime.unpack(provider);
        try {
            append(runtime, provider);
        } catch (Refusal first) {
            try {
                // NVIDIA's libraries may be here without being where the loader looks
                if (GpuLibraries.keepAll().isEmpty()) {
                    throw first;
                }
                append(runtime, provider);
            } catch (Refusal e) {
                String missing = runtime.whyNot(provider);
                throw new Refusal(
                        title + " does not load: " + (missing.isEmpty() ? e.sentence() : missing) + " (docs/gpu.md)",
                        e);
            }
        }
    }

    private static void append(OrtRuntime runtime, String provider) throws Refusal {
        OrtApi api = runtime.api();
        try (Arena arena = Arena.ofConfined()) {
            long options = api.make(arena, Slot.CREATE_SESSION_OPTIONS);
            try {
                Provider asked = provider.equals("cuda")
                        ? new Provider.Cuda(0, 0, false)
                        : new Provider.TensorRt(0, 0, false, Path.of(System.getProperty("java.io.tmpdir")));
                asked.append(api, arena, options);
            } finally {
                api.release(Slot.RELEASE_SESSION_OPTIONS, options);
            }
        }
    }
}
