package dev.handsover.segment.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.sun.management.ThreadMXBean;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Tensors;
import dev.handsover.segment.resident.OrtApi.Slot;
import dev.handsover.segment.resident.ResidentNetwork.Place;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime by its C interface, with the official Java API as the judge. */
class OrtApiTest {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 96;

    @TempDir
    Path folder;

    private static OrtRuntime official() throws Refusal {
        return OrtRuntime.at(null);
    }

    @Test
    void fiftyFramesGiveTheMasksOfTheOfficialApiToTheBit() throws Exception {
        ModelCard card = ModelCard.find("hands");
        try (Arena arena = Arena.ofConfined();
                NetworkSession session = NetworkSession.open(official(), card, WIDTH, HEIGHT, new Provider.Cpu(1));
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            Shape shape = session.shape();
            assertEquals(List.of(1L, 2L, (long) HEIGHT, (long) WIDTH), shape.output());
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setSymbolicDimensionValue("batch", 1);
            options.setSymbolicDimensionValue("width", WIDTH);
            options.setSymbolicDimensionValue("height", HEIGHT);
            MemorySegment input = arena.allocate(shape.inputBytes(), 64);
            MemorySegment output = arena.allocate(shape.outputBytes(), 64);
            session.bind(shape, NetworkSession.Memory.HOST, 0, input.address(), output.address());
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            List<MemorySegment> tensors = Tensors.ofHands(card, WIDTH, HEIGHT, 50, arena);
            assertEquals(50, tensors.size());
            try (OrtSession judge = environment.createSession(card.file().toString(), options)) {
                float most = 0;
                for (MemorySegment tensor : tensors) {
                    input.copyFrom(tensor);
                    session.run();
                    float[] ours = output.toArray(ValueLayout.JAVA_FLOAT);
                    assertArrayEquals(theirs(environment, judge, tensor, shape), ours);
                    for (float value : ours) {
                        most = Math.max(most, value);
                    }
                }
                assertTrue(most > 0.5f, "no frame had a hand");
            }
        }
    }

    private static float[] theirs(OrtEnvironment environment, OrtSession judge, MemorySegment tensor, Shape shape)
            throws Exception {
        FloatBuffer numbers =
                tensor.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
        try (OnnxTensor in = OnnxTensor.createTensor(environment, numbers, shape.input());
                OrtSession.Result result = judge.run(Map.of("input", in), Set.of("mask"))) {
            float[] values = new float[(int) (shape.outputBytes() / 4)];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(values);
            return values;
        }
    }

    @Test
    void aRunAllocatesNothing() throws Exception {
        try (Small small = new Small(folder)) {
            ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 20_000; i++) {
                small.session.run();
            }
            long best = Long.MAX_VALUE;
            // the compiler may swap code in during a measurement, which then is of that, not of us
            for (int attempt = 0; attempt < 20 && best > 0; attempt++) {
                long before = beans.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    small.session.run();
                }
                long after = beans.getCurrentThreadAllocatedBytes();
                best = Math.min(best, after - before);
            }
            assertEquals(0, best, "bytes in 1000 runs");
        }
    }

    @Test
    void aThousandSessionsLeaveNothingBehind() throws Exception {
        int cycles = Integer.getInteger("handsover.cycles", 1000);
        for (int i = 0; i < Math.min(cycles, 10_000); i++) {
            new Small(folder).close();
        }
        long before = resident();
        for (int i = 0; i < cycles; i++) {
            new Small(folder).close();
        }
        long grown = resident() - before;
        if (Boolean.getBoolean("handsover.tell")) {
            System.out.printf(Locale.ROOT, "%d sessions: %d KiB more resident memory%n", cycles, grown / 1024);
        }
        // one session that stayed would cost some 100 KiB; heap and compiler come and go by some 10 MiB
        assertTrue(grown < 48L << 20, grown + " bytes more after " + cycles + " sessions");
    }

    /** Bytes of memory that this process holds; 0 where the system does not say. */
    private static long resident() throws Exception {
        System.gc();
        Path statm = Path.of("/proc/self/statm");
        return Files.exists(statm) ? Long.parseLong(Files.readString(statm).split(" ")[1]) * 4096 : 0;
    }

    @Test
    void errorsSpeakInOnnxRuntimesWords() throws Exception {
        Path text = Files.writeString(folder.resolve("text.onnx"), "this is no network");
        ModelCard good = Small.card(folder);
        ModelCard bad =
                new ModelCard("bad", "bad", text, "", good.input(), good.output(), "none", "none", Double.NaN, null);
        Refusal refusal =
                assertThrows(Refusal.class, () -> NetworkSession.open(official(), bad, 8, 8, new Provider.Cpu(1)));
        assertTrue(refusal.sentence().contains("text.onnx"), refusal.sentence());
        assertEquals(1, refusal.sentence().lines().count());
        Refusal unknown = assertThrows(
                Refusal.class,
                () -> NetworkSession.open(official(), good, 8, 8, new Provider.Named("NoSuch", Map.of())));
        assertFalse(unknown.sentence().isBlank());
    }

    @Test
    void librariesThatCannotServeAreOneSentenceEach() throws Exception {
        refused(folder.resolve("missing.so"), "There is no library");
        refused(Files.writeString(folder.resolve("text.so"), "no library"), "cannot be loaded");
        refused(Fake.empty(folder), "is no ONNX Runtime");
        refused(Fake.library(folder, "onnxruntime", "old", "VERSION_SAID=\"1.9.1\""), "1.9.1; 1.16 or later is needed");
        refused(Fake.library(folder, "onnxruntime", "odd", "VERSION_SAID=\"what\""), "1.16 or later is needed");
        refused(Fake.library(folder, "onnxruntime", "tableless", "OLD_TABLE"), "does not offer interface version 16");
        refused(Fake.library(folder, "onnxruntime", "holed", "HOLE=133"), "lacks run_with_binding at place 133");
    }

    private static void refused(Path library, String words) {
        Refusal refusal = assertThrows(Refusal.class, () -> OrtApi.load(library));
        assertTrue(refusal.sentence().contains(words), refusal.sentence());
        assertTrue(refusal.sentence().contains(String.valueOf(library.getFileName())), refusal.sentence());
        assertEquals(1, refusal.sentence().lines().count(), refusal.sentence());
    }

    @Test
    void theTablesPlacesAreAllInsideItAndDifferent() {
        Set<Integer> places = new java.util.HashSet<>();
        for (Slot slot : EnumSet.allOf(Slot.class)) {
            assertTrue(slot.place > 0 && slot.place < OrtApi.TABLE, slot.name());
            assertTrue(places.add(slot.place), slot.name());
        }
    }

    /**
     * Those functions that the processor's library has but only a card's path calls: that they are where they should be is
     * seen by what they do to arguments that they must refuse, in words of their own.
     */
    @Test
    void functionsForCardsAreWhereTheyShouldBe() throws Exception {
        OrtApi api = official().api();
        try (Arena arena = Arena.ofConfined()) {
            long options = api.make(arena, Slot.CREATE_SESSION_OPTIONS);
            boolean forCards = official().listed().contains("CUDAExecutionProvider"); // HANDSOVER_RUNTIME=cuda
            for (boolean cuda : List.of(true, false)) {
                Slot create = cuda ? Slot.CREATE_CUDA_OPTIONS : Slot.CREATE_TENSORRT_OPTIONS;
                long made = 0;
                if (forCards) {
                    made = api.make(arena, create);
                } else {
                    names(cuda ? "cuda" : "tens", assertThrows(Refusal.class, () -> api.make(arena, create)));
                }
                long given = made;
                Slot append = cuda ? Slot.APPEND_CUDA : Slot.APPEND_TENSORRT;
                names(cuda ? "cuda" : "tens", assertThrows(Refusal.class, () -> api.call(append, options, given)));
            }
            api.release(Slot.RELEASE_SESSION_OPTIONS, options);
            assertTrue(official().listed().contains("CPUExecutionProvider"));
        }
    }

    private static void names(String word, Refusal refusal) {
        assertTrue(refusal.sentence().toLowerCase(Locale.ROOT).contains(word), refusal.sentence());
    }

    @Test
    void hostStagingGivesTheProcessorsMaskInTheEnginesMemory() throws Exception {
        ModelCard card = ModelCard.find("hands");
        Proof proof = Proof.of(official(), card, WIDTH, HEIGHT, 1);
        try (Arena arena = Arena.ofConfined()) {
            Shape shape = proof.shape();
            Place.Host place =
                    new Place.Host(arena.allocate(shape.inputBytes(), 64), arena.allocate(shape.outputBytes(), 64));
            try (ResidentNetwork network =
                    HostStaging.open(official(), proof, new Provider.Cpu(1), place, "1 CPU thread")) {
                MemorySegment tensor =
                        Tensors.ofHands(card, WIDTH, HEIGHT, 1, arena).getFirst();
                place.input().copyFrom(tensor);
                place.output().fill((byte) 0);
                network.run();
                float[] mask = place.output().toArray(ValueLayout.JAVA_FLOAT);
                double most = 0;
                for (float value : mask) {
                    most = Math.max(most, value);
                }
                assertTrue(most > 0.5, "no hand: " + most);
                assertTrue(network.describe().startsWith("1 CPU thread, "), network.describe());
            }
        }
    }

    /** The proof's hand must be one that the network sees, or a blind network would pass. */
    @Test
    void theProofsPictureHasAHand() throws Exception {
        ModelCard card = ModelCard.find("hands");
        Proof proof = Proof.of(official(), card, 320, 192, 1);
        Refusal refusal = assertThrows(Refusal.class, () -> proof.examine((_, output) -> output.fill((byte) 0)));
        assertTrue(
                refusal.sentence().matches(".*differs.*by up to 0\\.[5-9].*|.*by up to 1\\.0.*"), refusal.sentence());
    }

    @Test
    void otherProvidersAreTriedAndToldOf() throws Exception {
        Providers.Found found = Providers.tried(null, ModelCard.find("hands"));
        assertEquals(found.version(), official().version());
        assertTrue(found.verdicts().stream().anyMatch(v -> v.name().startsWith("CPU") && v.works()), found.toString());
        for (Providers.Verdict verdict : found.verdicts()) {
            assertFalse(verdict.words().isBlank(), verdict.toString());
        }
    }

    /** A network of one node. */
    static final class Small implements AutoCloseable {
        final NetworkSession session;
        private final Arena arena = Arena.ofConfined();

        Small(Path folder) throws Exception {
            ModelCard card = card(folder);
            session = NetworkSession.open(official(), card, 8, 8, new Provider.Cpu(1));
            Shape shape = session.shape();
            session.bind(
                    shape,
                    NetworkSession.Memory.HOST,
                    0,
                    arena.allocate(shape.inputBytes(), 64).address(),
                    arena.allocate(shape.outputBytes(), 64).address());
        }

        static ModelCard card(Path folder) throws Exception {
            Path file = folder.resolve("small.onnx");
            if (!Files.exists(file)) {
                dev.handsover.segment.SmallNetworks.red(file);
            }
            ModelCard.Input input = new ModelCard.Input(
                    "in",
                    ModelCard.Layout.NCHW,
                    ModelCard.Element.FLOAT32,
                    false,
                    8,
                    0,
                    2048,
                    List.of(127.5, 127.5, 127.5),
                    List.of(127.5, 127.5, 127.5));
            ModelCard.Output output = new ModelCard.Output(
                    "out",
                    ModelCard.Layout.NCHW,
                    ModelCard.Activation.SOFTMAX,
                    new ArrayList<>(Arrays.asList("other", "kept")),
                    List.of("kept"),
                    false);
            return new ModelCard("small", "small", file, "", input, output, "none", "none", Double.NaN, null);
        }

        @Override
        public void close() {
            session.close();
            arena.close();
        }
    }
}
