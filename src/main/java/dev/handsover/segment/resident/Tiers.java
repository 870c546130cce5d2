package dev.handsover.segment.resident;

import dev.handsover.frame.Failure;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.Ladder.Rung;
import dev.handsover.segment.resident.ResidentNetwork.Opening;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ways to run a network beside the pictures, best first. What is listed here is what may be tried: whether it works is
 * said by its opening, which proves it. Long, since what a user may wish, the order of the ways and the reasons against each
 * belong together: a way that is listed in one place and refused in another is how a tier is believed that does not run.
 */
public final class Tiers {
    /** What a user may name; all but the first four only where the loaded library has them. */
    public enum Device {
        AUTO,
        CPU,
        CUDA,
        TENSORRT,
        XNNPACK,
        OPENVINO,
        COREML,
        DML,
        MIGRAPHX
    }

    /**
     * What the user wants.
     *
     * @param card which of the NVIDIA cards, from 0
     * @param required running slower is refused
     * @param library ONNX Runtime's library instead of the jar's
     */
    public record Wish(
            Device device,
            int card,
            boolean required,
            @Nullable Path library) {
        public static final Wish AUTO = new Wish(Device.AUTO, 0, false, null);

        public Wish {
            if (card < 0 || card > 63) {
                throw Failure.usage("--device takes the number of a card from 0 to 63, not " + card + ".");
            }
            if (required && device == Device.CPU) {
                throw Failure.usage("--require-gpu and --device cpu exclude each other.");
            }
        }

        /** {@code auto}, {@code cpu}, {@code cuda}, {@code tensorrt:1}. */
        public static Wish parse(String text, boolean required, @Nullable Path library) {
            if (library != null && !Files.isRegularFile(library)) {
                throw Failure.usage(
                        "--ort-library names " + library + ", which is no file here; name a libonnxruntime, or leave"
                                + " it out for the program's own.");
            }
            String[] parts = text.split(":", 2);
            try {
                Device device = Device.valueOf(parts[0].toUpperCase(Locale.ROOT));
                int card = parts.length == 1 ? 0 : Integer.parseInt(parts[1]);
                if (parts.length == 2 && device != Device.CUDA && device != Device.TENSORRT) {
                    throw Failure.usage("--device takes a card's number with cuda and tensorrt only.");
                }
                return new Wish(device, card, required, library);
            } catch (IllegalArgumentException e) {
                throw Failure.usage("--device is one of auto, cpu, cuda or tensorrt (with :1 for the second card), or"
                        + " another provider by name, not \"" + text + "\".");
            }
        }

        /** Whether the user named something, and wants to hear why it is not taken. */
        public boolean named() {
            return device != Device.AUTO && device != Device.CPU || required;
        }

        private boolean nvidia() {
            return device == Device.AUTO || device == Device.CUDA || device == Device.TENSORRT;
        }
    }

    /** Makes something of an opened network: the engine around it. */
    @FunctionalInterface
    public interface Around<T> {
        T open(Opening opening) throws Refusal;
    }

    private static final Map<Device, String> GENERIC = Map.of(
            Device.XNNPACK, "XNNPACK",
            Device.OPENVINO, "OpenVINO",
            Device.COREML, "CoreML",
            Device.DML, "DML",
            Device.MIGRAPHX, "MIGraphX");

    /** Launches recorded once and replayed as one (CUDA graphs): off until measured to win. */
    public static final String GRAPHS = "handsover.cudaGraphs";

    /** Buffers are not shared although they could be: to measure what sharing is worth. */
    public static final String STAGED = "handsover.staged";

    /** What is said where there is no sign of one. */
    public static final String NO_CARD = "there is no NVIDIA card here";

    private Tiers() {}

    /**
     * Whether there is any sign of an NVIDIA card; looking closer costs a tenth of a second, which no other machine shall
     * pay at every start.
     */
    public static boolean nvidiaInSight() {
        return !System.getProperty("os.name").startsWith("Linux")
                || Files.exists(Path.of("/dev/nvidiactl"))
                || System.getProperty(CudaDriver.PROPERTY) != null;
    }

    /** The tiers of NVIDIA's cards, all passed for one reason without a look at them. */
    public static List<Ladder.Fall> passed(String reason) {
        return Stream.of("resident-tensorrt", "resident-cuda", "staged-cuda")
                .map(tier -> new Ladder.Fall(tier, reason))
                .toList();
    }

    /**
     * The rungs above the processor's for a wish.
     *
     * @param aspect of the frames, width over height
     * @param pixels about how many the network sees; 0 is the card's own
     * @param around makes the engine
     */
    public static <T> List<Rung<T>> rungs(Wish wish, ModelCard card, double aspect, int pixels, Around<T> around) {
        int[] size =
                card.input().sizeFor(aspect, pixels > 0 ? pixels : card.input().pixels());
        String generic = GENERIC.get(wish.device());
        if (generic != null) {
            return List.of(
                    new Rung<>(generic.toLowerCase(Locale.ROOT), () -> around.open(named(wish, card, size, generic))));
        }
        List<Rung<T>> rungs = new ArrayList<>();
        Nvidia nvidia = new Nvidia(wish, card, size);
        boolean sharing = !Boolean.getBoolean(STAGED);
        if (sharing && (wish.device() == Device.AUTO || wish.device() == Device.TENSORRT)) {
            rungs.add(new Rung<>("resident-tensorrt", () -> around.open(nvidia.cachedTensorRt())));
        }
        if (sharing && wish.nvidia()) {
            rungs.add(new Rung<>("resident-cuda", () -> around.open(nvidia.shared())));
        }
        if (wish.nvidia()) {
            rungs.add(new Rung<>("staged-cuda", () -> around.open(nvidia.staged())));
        }
        return rungs;
    }

    /**
     * What can be said of the tiers on an NVIDIA card without OpenGL: a staged one is opened and proven, the shared ones are
     * asked whether all is there that they need. A reason that begins with "ready" is a good one.
     */
    public static List<Ladder.Fall> told(Wish wish, ModelCard card) {
        List<Rung<String>> rungs = rungs(wish, card, 16 / 9.0, 0, opening -> {
            if (opening.inBuffers()) {
                return "ready, proven when a run begins";
            }
            try (Arena arena = Arena.ofConfined();
                    ResidentNetwork network = opening.on(new ResidentNetwork.Place.Host(
                            arena.allocate(opening.shape().inputBytes(), 64),
                            arena.allocate(opening.shape().outputBytes(), 64)))) {
                return "ready, proven: " + network.describe();
            }
        });
        List<Ladder.Fall> told = new ArrayList<>();
        for (Rung<String> rung : rungs) {
            try {
                told.add(new Ladder.Fall(rung.tier(), rung.attempt().open()));
            } catch (Refusal e) {
                told.add(new Ladder.Fall(rung.tier(), e.sentence()));
            }
        }
        return told;
    }

    /** Bytes of a card's memory that are in use, whoever uses them; −1 where there is no card. */
    public static long usedMemory(int card) {
        if (!nvidiaInSight()) {
            return -1;
        }
        try (Cuda cuda = Cuda.open(card)) {
            long[] memory = cuda.memory();
            return memory[1] - memory[0];
        } catch (Refusal e) {
            return -1;
        }
    }

    /** The processor's network between two pieces of host memory, for an engine that draws by OpenGL. */
    public static Opening glCpu(Wish wish, ModelCard card, double aspect, int pixels, int threads) throws Refusal {
        int[] size =
                card.input().sizeFor(aspect, pixels > 0 ? pixels : card.input().pixels());
        Proof proof = proof(card, size, threads);
        OrtRuntime runtime = OrtRuntime.at(wish.library());
        return new Way(
                "gl+cpu",
                proof.shape(),
                false,
                place -> HostStaging.open(
                        runtime,
                        proof,
                        new Provider.Cpu(threads),
                        (ResidentNetwork.Place.Host) place,
                        threads == 1 ? "1 CPU thread" : threads + " CPU threads"));
    }

    private static Opening named(Wish wish, ModelCard card, int[] size, String provider) throws Refusal {
        OrtRuntime runtime = OrtRuntime.at(wish.library());
        Proof proof = proof(card, size, 1);
        return new Way(
                provider.toLowerCase(Locale.ROOT),
                proof.shape(),
                false,
                place -> HostStaging.open(
                        runtime,
                        proof,
                        new Provider.Named(provider, Map.of()),
                        (ResidentNetwork.Place.Host) place,
                        provider));
    }

    private record Proven(ModelCard card, int width, int height, Proof proof) {}

    private static @Nullable Proven last;

    /**
     * What the processor gives, by the library of the official jar: another library may not judge itself. The last one is kept,
     * so that a folder's recordings do not each ask the processor the same.
     */
    private static synchronized Proof proof(ModelCard card, int[] size, int threads) throws Refusal {
        Proven known = last;
        if (known == null || !known.card.equals(card) || known.width != size[0] || known.height != size[1]) {
            Proof made = Proof.of(OrtRuntime.at(null), card, size[0], size[1], threads);
            known = new Proven(card, size[0], size[1], made);
            last = known;
        }
        return known.proof;
    }

    /** An opening made of its parts. */
    private record Way(String tier, Shape shape, boolean inBuffers, Opener opener) implements Opening {
        interface Opener {
            ResidentNetwork on(ResidentNetwork.Place place) throws Refusal;
        }

        @Override
        public ResidentNetwork on(ResidentNetwork.Place place) throws Refusal {
            return opener.on(place);
        }
    }

    /** What the three tiers on an NVIDIA card share; looked at when the first of them is tried, and told alike by all. */
    private static final class Nvidia {
        private final Wish wish;
        private final ModelCard card;
        private final int[] size;
        private @Nullable Ready ready;
        private @Nullable Refusal refusal;

        private record Ready(OrtRuntime runtime, Proof proof, String gpu, String versions) {}

        Nvidia(Wish wish, ModelCard card, int[] size) {
            this.wish = wish;
            this.card = card;
            this.size = size.clone();
        }

        private Ready look() throws Refusal {
            Refusal known = refusal;
            if (known != null) {
                throw known;
            }
            Ready seen = ready;
            if (seen == null) {
                try {
                    seen = lookClosely();
                    ready = seen;
                } catch (Refusal e) {
                    refusal = e;
                    throw e;
                }
            }
            return seen;
        }

        private Ready lookClosely() throws Refusal {
            if (!nvidiaInSight()) {
                throw new Refusal(NO_CARD);
            }
            try (Cuda cuda = Cuda.open(wish.card())) {
                OrtRuntime runtime = OrtRuntime.at(wish.library());
                Providers.demand(runtime, "cuda");
                String versions = "ort" + runtime.version() + "-sm" + cuda.capability() + "-cuda"
                        + cuda.driver().version();
                return new Ready(runtime, proof(card, size, 1), cuda.name(), versions);
            }
        }

        Opening cachedTensorRt() throws Refusal {
            Ready seen = look();
            Providers.demand(seen.runtime(), "tensorrt");
            Path cache = cache(seen);
            if (!hasEngine(cache)) {
                throw new Refusal("its engine is not built yet, which takes minutes; CUDA runs meanwhile");
            }
            return shared("resident-tensorrt", seen, tensorRt(cache), null);
        }

        Opening shared() throws Refusal {
            Ready seen = look();
            CudaNetwork.Kind better = null;
            if (wish.device() != Device.CUDA) {
                try {
                    Providers.demand(seen.runtime(), "tensorrt");
                    Path cache = cache(seen);
                    // one that is there did not prove itself just now
                    better = hasEngine(cache) ? null : tensorRt(cache);
                } catch (Refusal e) {
                    // told by the rung of TensorRT itself
                }
            }
            return shared(
                    "resident-cuda", seen, (device, stream) -> new Provider.Cuda(device, stream, recorded()), better);
        }

        private Opening shared(String tier, Ready seen, CudaNetwork.Kind kind, CudaNetwork.@Nullable Kind better) {
            return new Way(tier, seen.proof().shape(), true, place -> {
                Cuda cuda = Cuda.open(wish.card());
                CudaNetwork network;
                try {
                    network = CudaNetwork.open(seen.runtime(), cuda, seen.proof(), kind);
                } catch (Refusal e) {
                    cuda.close();
                    throw e;
                }
                Better builder = better == null
                        ? Better.none()
                        : Better.building(() -> {
                            cuda.enter();
                            return CudaNetwork.open(seen.runtime(), cuda, seen.proof(), better);
                        });
                return CudaShared.open(
                        cuda, seen.proof().shape(), network, builder, (ResidentNetwork.Place.Buffers) place);
            });
        }

        Opening staged() throws Refusal {
            Ready seen = look();
            return new Way("staged-cuda", seen.proof().shape(), false, place -> {
                Cuda cuda = Cuda.open(wish.card());
                try {
                    CudaNetwork network = CudaNetwork.open(
                            seen.runtime(),
                            cuda,
                            seen.proof(),
                            (device, stream) -> new Provider.Cuda(device, stream, recorded()));
                    return new CudaStaged(cuda, seen.proof().shape(), network, (ResidentNetwork.Place.Host) place);
                } catch (Refusal e) {
                    cuda.close();
                    throw e;
                }
            });
        }

        private Path cache(Ready seen) throws Refusal {
            return EngineCache.folder(card, size[0], size[1], seen.gpu(), seen.versions());
        }

        private static CudaNetwork.Kind tensorRt(Path cache) {
            return (device, stream) -> new Provider.TensorRt(device, stream, recorded(), cache);
        }

        private static boolean recorded() {
            return Boolean.getBoolean(GRAPHS);
        }

        private static boolean hasEngine(Path cache) {
            try (Stream<Path> files = Files.list(cache)) {
                return files.anyMatch(file -> file.toString().endsWith(".engine"));
            } catch (IOException e) {
                return false;
            }
        }
    }
}
