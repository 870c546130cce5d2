package dev.handsover.segment.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.handsover.Run;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Tensors;
import dev.handsover.segment.resident.ResidentNetwork.Opening;
import dev.handsover.segment.resident.ResidentNetwork.Place;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything around a card but the card: the driver is a library whose card is host memory, ONNX Runtime is the real one with
 * a "CUDA" that runs on the processor ({@code src/test/resources/fake}). What is shown here is order, ownership, refusals and
 * the ladder; that a real card does the same, only a real card can show.
 */
class CudaTest {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 96;
    private static final int PIXELS = WIDTH * HEIGHT;
    private static final double ASPECT = 5 / 3.0;

    @TempDir
    Path folder;

    private Fake.Driver driver = new Fake.Driver(_ -> java.util.Optional.empty());

    @BeforeEach
    void drive() throws Exception {
        driven("good");
    }

    private void driven(String name, String... flags) throws Exception {
        Path library = Fake.library(folder, "cuda", name, flags);
        driver = Fake.Driver.of(library);
        System.setProperty(CudaDriver.PROPERTY, library.toString());
    }

    @AfterEach
    void park() {
        System.clearProperty(CudaDriver.PROPERTY);
    }

    private static Tiers.Wish wish(Tiers.Device device, @Nullable Path library) {
        return new Tiers.Wish(device, 0, false, library);
    }

    /** Opens what stands; the engine is left out, its buffers 1 and 2 are the pretended driver's. */
    private Ladder<ResidentNetwork> climb(Tiers.Wish wish, Arena arena) throws Refusal {
        return Ladder.climb(Tiers.rungs(
                wish, ModelCard.find("hands"), ASPECT, PIXELS, opening -> opening.on(place(opening, arena))));
    }

    private static Place place(Opening opening, Arena arena) {
        Shape shape = opening.shape();
        return opening.inBuffers()
                ? new Place.Buffers(1, 2)
                : new Place.Host(arena.allocate(shape.inputBytes(), 64), arena.allocate(shape.outputBytes(), 64));
    }

    @Test
    void aSharedNetworkNeverWaitsNorTouchesTheHost() throws Exception {
        Path library = Fake.library(folder, "onnxruntime", "honest");
        try (Arena arena = Arena.ofConfined()) {
            Ladder<ResidentNetwork> ladder = climb(wish(Tiers.Device.CUDA, library), arena);
            assertEquals("resident-cuda", ladder.tier());
            try (ResidentNetwork network = ladder.standing()) {
                Shape shape = network.shape();
                MemorySegment input = driver.buffer(1, shape.inputBytes());
                input.copyFrom(Tensors.ofHands(ModelCard.find("hands"), WIDTH, HEIGHT, 1, arena)
                        .getFirst());
                int waits = driver.count("waits");
                int host = driver.count("host_copies");
                int card = driver.count("card_copies");
                for (int i = 0; i < 20; i++) {
                    network.run();
                }
                assertEquals(waits, driver.count("waits"));
                assertEquals(host, driver.count("host_copies"));
                assertEquals(card + 40, driver.count("card_copies"));
                assertEquals(0, driver.count("mapped"));
                float most = 0;
                for (float value : driver.buffer(2, shape.outputBytes()).toArray(ValueLayout.JAVA_FLOAT)) {
                    most = Math.max(most, value);
                }
                assertTrue(most > 0.5f, "no hand: " + most);
                assertTrue(network.describe().startsWith("CUDA on Pretended Card, "), network.describe());
            }
        }
        assertEquals(0, driver.count("alive"));
    }

    @Test
    void aSharedRunAllocatesNothing() throws Exception {
        Path library = Fake.library(folder, "onnxruntime", "small");
        ModelCard card = OrtApiTest.Small.card(folder);
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Opening[] opened = new Opening[1];
        Ladder.climb(Tiers.rungs(wish(Tiers.Device.CUDA, library), card, 1, 2048, opening -> {
            opened[0] = opening;
            return opening;
        }));
        try (ResidentNetwork network = opened[0].on(new Place.Buffers(1, 2))) {
            for (int i = 0; i < 20_000; i++) {
                network.run();
            }
            long best = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 20 && best > 0; attempt++) {
                long before = beans.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    network.run();
                }
                best = Math.min(best, beans.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, best, "bytes in 1000 runs");
        }
    }

    @Test
    void whereOpenGlDrawsElsewhereMemoryIsStaged() throws Exception {
        driven("elsewhere", "NO_GL");
        Path library = Fake.library(folder, "onnxruntime", "staged");
        try (Arena arena = Arena.ofConfined()) {
            Ladder<ResidentNetwork> ladder = climb(wish(Tiers.Device.CUDA, library), arena);
            assertEquals("staged-cuda", ladder.tier());
            assertEquals(1, ladder.passed().size());
            assertTrue(ladder.passed().getFirst().reason().contains("OpenGL does not draw on Pretended Card"));
            ladder.standing().run();
            assertTrue(
                    ladder.standing().describe().endsWith("pinned memory"),
                    ladder.standing().describe());
            ladder.standing().close();
        }
        assertEquals(0, driver.count("alive"));
    }

    @Test
    void aMaskThatDiffersIsNotBelieved() throws Exception {
        refused(
                Fake.library(folder, "onnxruntime", "liar", "LIES=0.3f"),
                "differs from the processor's by up to 0.300");
        refused(Fake.library(folder, "onnxruntime", "blind", "LIES=(0.0f/0.0f)"), "by up to Infinity");
        assertEquals(0, driver.count("alive"));
    }

    @Test
    void aProviderThatIsListedButDoesNotLoadIsNotBelieved() throws Exception {
        refused(
                Fake.library(folder, "onnxruntime", "listed", "CUDA_ERROR=\"Failed to load shared library\""),
                "CUDA does not load: libonnxruntime_providers_cuda.so is not beside it");
    }

    @Test
    void theOfficialLibrarySaysWhatItLacks() throws Exception {
        boolean forCards = OrtRuntime.at(null).listed().contains("CUDAExecutionProvider"); // HANDSOVER_RUNTIME=cuda
        refused(
                null,
                forCards
                        ? "CUDA does not load: lib" // CUDA's own, which no machine without a card has
                        : "was built without CUDA; start with HANDSOVER_RUNTIME=cuda, or name another with --ort-library");
    }

    @Test
    void driversThatCannotServeAreOneSentenceEach() throws Exception {
        Path library = Fake.library(folder, "onnxruntime", "fine");
        driven("ancient", "DRIVER=11040");
        refused(library, "it runs CUDA 11.4 and CUDA 12 is needed, which driver 525 or later has");
        driven("cardless", "CARDS=0");
        refused(library, "no CUDA-capable device is detected");
        driven("lacking", "LACKS_GL");
        refused(library, "lacks cuGLGetDevices_v2: it is too old");
        System.setProperty(CudaDriver.PROPERTY, "libcuda-that-is-not-there.so.1");
        refused(library, "there is no NVIDIA driver here (libcuda-that-is-not-there.so.1 is not found)");
        driven("one");
        Refusal other = assertThrows(Refusal.class, () -> {
            try (Arena arena = Arena.ofConfined()) {
                climb(new Tiers.Wish(Tiers.Device.CUDA, 3, false, library), arena);
            }
        });
        assertTrue(other.sentence().contains("there is no card 3; the NVIDIA driver sees 1"), other.sentence());
    }

    private void refused(@Nullable Path library, String words) {
        Refusal refusal = assertThrows(Refusal.class, () -> {
            try (Arena arena = Arena.ofConfined()) {
                climb(wish(Tiers.Device.CUDA, library), arena);
            }
        });
        assertTrue(refusal.sentence().contains(words), refusal.sentence());
        assertEquals(1, refusal.sentence().lines().count(), refusal.sentence());
    }

    @Test
    void aLostCardIsToldOfAndEverythingIsGivenBack() throws Exception {
        // the proof takes 11 runs
        Path library = Fake.library(folder, "onnxruntime", "lost", "LOST_AFTER=14");
        try (Arena arena = Arena.ofConfined()) {
            ResidentNetwork network =
                    climb(wish(Tiers.Device.CUDA, library), arena).standing();
            IllegalStateException lost = assertThrows(IllegalStateException.class, () -> {
                for (int i = 0; i < 20; i++) {
                    network.run();
                }
            });
            assertTrue(String.valueOf(lost.getMessage()).contains("an illegal memory access"), lost.getMessage());
            assertEquals(0, driver.count("mapped"));
            network.close();
        }
        assertEquals(0, driver.count("alive"));
    }

    @Test
    void tensorRtIsTakenOverBetweenTwoRunsWhenItIsBuilt() throws Exception {
        Path library = Fake.library(folder, "onnxruntime", "both");
        try (Cuda cuda = Cuda.open(0)) {
            CudaShared network = shared(OrtRuntime.at(library), cuda);
            assertEquals("CUDA", network.title());
            Run.until("TensorRT is built", () -> {
                network.run();
                return "TensorRT".equals(network.title());
            });
            network.run();
            assertTrue(network.describe().startsWith("TensorRT on Pretended Card, "), network.describe());
            network.close();
        }
        assertEquals(0, driver.count("alive"));
    }

    @Test
    void tensorRtThatGivesAnotherMaskIsNotTaken() throws Exception {
        Path library = Fake.library(folder, "onnxruntime", "half", "TENSORRT_LIES=0.1f");
        try (Cuda cuda = Cuda.open(0)) {
            CudaShared network = shared(OrtRuntime.at(library), cuda);
            Run.until("TensorRT is refused", () -> {
                network.run();
                return network.describe().contains("no TensorRT: its mask differs");
            });
            assertEquals("CUDA", network.title());
            network.close();
        }
        assertEquals(0, driver.count("alive"));
    }

    /** CUDA now, TensorRT as soon as it is built. */
    private CudaShared shared(OrtRuntime runtime, Cuda judge) throws Exception {
        assertEquals("Pretended Card", judge.name());
        Proof proof = Proof.of(OrtRuntime.at(null), ModelCard.find("hands"), WIDTH, HEIGHT, 1);
        Cuda cuda = Cuda.open(0);
        CudaNetwork first =
                CudaNetwork.open(runtime, cuda, proof, (device, stream) -> new Provider.Cuda(device, stream, false));
        Better better = Better.building(() -> CudaNetwork.open(
                runtime, cuda, proof, (device, stream) -> new Provider.TensorRt(device, stream, false, folder)));
        return CudaShared.open(cuda, proof.shape(), first, better, new Place.Buffers(1, 2));
    }

    @Test
    void theCardTellsOfItselfAndMeasuresTime() throws Exception {
        try (Cuda cuda = Cuda.open(0)) {
            assertEquals("9.0", cuda.capability());
            assertEquals(2, cuda.memory().length);
            assertTrue(cuda.memory()[0] <= cuda.memory()[1]);
            long stream = cuda.createStream();
            long from = cuda.createEvent();
            long to = cuda.createEvent();
            assertFalse(cuda.driver().passed(from));
            cuda.driver().record(from, stream);
            cuda.driver().record(to, stream);
            assertTrue(cuda.driver().passed(to));
            assertEquals(1f, cuda.millis(from, to));
            cuda.give(CudaDriver.Function.DESTROY_EVENT, from);
            cuda.give(CudaDriver.Function.DESTROY_EVENT, to);
            cuda.give(CudaDriver.Function.DESTROY_STREAM, stream);
        }
        assertEquals(0, driver.count("alive"));
    }

    @Test
    void enginesOfAnotherVersionAreNeverRead() throws Exception {
        ModelCard card = ModelCard.find("hands");
        Path one = EngineCache.folder(folder, card, 320, 192, "NVIDIA H100 80GB", "ort1.29.0-sm9.0-cuda12040");
        assertEquals(one, EngineCache.folder(folder, card, 320, 192, "NVIDIA H100 80GB", "ort1.29.0-sm9.0-cuda12040"));
        for (Path other : List.of(
                EngineCache.folder(folder, card, 320, 192, "NVIDIA H100 80GB", "ort1.30.0-sm9.0-cuda12040"),
                EngineCache.folder(folder, card, 320, 192, "NVIDIA H200", "ort1.29.0-sm9.0-cuda12040"),
                EngineCache.folder(folder, card, 288, 224, "NVIDIA H100 80GB", "ort1.29.0-sm9.0-cuda12040"),
                EngineCache.folder(folder, ModelCard.find("voc"), 320, 192, "NVIDIA H100 80GB", "ort1.29.0-sm9.0"))) {
            assertTrue(!one.equals(other), other.toString());
        }
    }
}
