package dev.handsover.segment.resident;

import dev.handsover.segment.resident.OrtApi.Slot;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What runs a session's nodes, with the options that it is given. */
sealed interface Provider {
    /** The processor, which every library has. */
    record Cpu(int threads) implements Provider {
        @Override
        public void append(OrtApi api, Arena arena, long options) {
            // it is what runs when nothing else was appended
        }

        @Override
        public String title() {
            return "CPU";
        }
    }

    /**
     * NVIDIA's kernels.
     *
     * @param stream of the driver; everything is ordered on it. 0 leaves it to the provider
     * @param graph the launches are recorded at the first runs and replayed as one: addresses must stay
     */
    record Cuda(int device, long stream, boolean graph) implements Provider {
        @Override
        public void append(OrtApi api, Arena arena, long options) throws Refusal {
            Map<String, String> words = new LinkedHashMap<>();
            words.put("device_id", String.valueOf(device));
            words.put("enable_cuda_graph", graph ? "1" : "0");
            words.put("do_copy_in_default_stream", "1");
            long made = api.make(arena, Slot.CREATE_CUDA_OPTIONS);
            try {
                set(api, arena, Slot.SET_CUDA_OPTIONS, made, words);
                if (stream != 0) {
                    api.call(Slot.SET_CUDA_POINTER, made, arena.allocateFrom("user_compute_stream"), stream);
                }
                api.call(Slot.APPEND_CUDA, options, made);
            } finally {
                api.release(Slot.RELEASE_CUDA_OPTIONS, made);
            }
        }

        @Override
        public String title() {
            return "CUDA";
        }
    }

    /**
     * NVIDIA's compiler of networks, in 16-bit floats inside; what it does not take runs on CUDA.
     *
     * @param cache folder of built engines and of what was measured while building: {@link EngineCache}
     */
    record TensorRt(int device, long stream, boolean graph, Path cache) implements Provider {
        @Override
        public void append(OrtApi api, Arena arena, long options) throws Refusal {
            Map<String, String> words = new LinkedHashMap<>();
            words.put("device_id", String.valueOf(device));
            words.put("trt_fp16_enable", "1");
            words.put("trt_engine_cache_enable", "1");
            words.put("trt_engine_cache_path", cache.toString());
            words.put("trt_timing_cache_enable", "1");
            words.put("trt_timing_cache_path", cache.toString());
            words.put("trt_cuda_graph_enable", graph ? "1" : "0");
            long made = api.make(arena, Slot.CREATE_TENSORRT_OPTIONS);
            try {
                set(api, arena, Slot.SET_TENSORRT_OPTIONS, made, words);
                if (stream != 0) {
                    api.call(Slot.SET_TENSORRT_POINTER, made, arena.allocateFrom("user_compute_stream"), stream);
                }
                api.call(Slot.APPEND_TENSORRT, options, made);
            } finally {
                api.release(Slot.RELEASE_TENSORRT_OPTIONS, made);
            }
            new Cuda(device, stream, false).append(api, arena, options);
        }

        @Override
        public String title() {
            return "TensorRT";
        }
    }

    /** Any other, by the name that ONNX Runtime's generic call knows: XNNPACK, OpenVINO, CoreML, DML, MIGraphX. */
    record Named(String title, Map<String, String> words) implements Provider {
        public Named {
            words = Map.copyOf(words);
        }

        @Override
        public void append(OrtApi api, Arena arena, long options) throws Refusal {
            api.call(
                    Slot.APPEND_PROVIDER,
                    options,
                    arena.allocateFrom(title),
                    OrtApi.texts(arena, words.keySet(), words.size()),
                    OrtApi.texts(arena, words.values(), words.size()),
                    (long) words.size());
        }
    }

    /** Adds it to a session's options; throws with ONNX Runtime's words when the library does not have it. */
    void append(OrtApi api, Arena arena, long options) throws Refusal;

    /** Its name for people. */
    String title();

    private static void set(OrtApi api, Arena arena, Slot slot, long made, Map<String, String> words) throws Refusal {
        api.call(
                slot,
                made,
                OrtApi.texts(arena, words.keySet(), words.size()),
                OrtApi.texts(arena, words.values(), words.size()),
                (long) words.size());
    }
}
