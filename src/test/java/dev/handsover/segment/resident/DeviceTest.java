package dev.handsover.segment.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flags that choose what runs the network, as a user has them. */
class DeviceTest {
    private static final String HANDS = "pattern:hands?size=320x192&frames=8";

    @TempDir
    Path folder;

    @AfterEach
    void park() {
        System.clearProperty(CudaDriver.PROPERTY);
    }

    private static String tier(Object... flags) {
        return told(flags).get("tier").getAsString();
    }

    /** What a run tells programs. */
    private static JsonObject told(Object... flags) {
        Object[] all = new Object[flags.length + 3];
        all[0] = HANDS;
        all[1] = "null:";
        all[2] = "--json";
        System.arraycopy(flags, 0, all, 3, flags.length);
        Run run = Run.process(all);
        return JsonParser.parseString(run.out()).getAsJsonObject();
    }

    @Test
    void theProcessorRunsWhenItIsNamedAndNothingMoreIsSaid() {
        String tier = tier("--device", "cpu", "--compositor", "cpu");
        assertTrue(tier.startsWith("network "), tier);
        assertTrue(!tier.contains("cuda"), tier);
    }

    @Test
    void openGlDrawsEverythingElseWhenItIsNamed() {
        String tier = tier("--compositor", "resident", "--workers", "1");
        assertTrue(tier.startsWith("gl+cpu: network 448×256 on 1 CPU thread"), tier);
    }

    @Test
    void aCardThatIsNotThereIsToldOfAndTheProcessorRuns() {
        System.setProperty(CudaDriver.PROPERTY, "libcuda-that-is-not-there.so.1");
        String tier = tier("--device", "cuda");
        assertTrue(tier.startsWith("network "), tier);
        assertTrue(tier.contains("no resident-cuda, staged-cuda: there is no NVIDIA driver here"), tier);
    }

    @Test
    void programsAreToldWhyEachBetterTierWasRefused() {
        System.setProperty(CudaDriver.PROPERTY, "libcuda-that-is-not-there.so.1");
        JsonArray tiers = told("--device", "cuda").getAsJsonArray("tiers");
        assertEquals(3, tiers.size(), tiers.toString());
        for (int i = 0; i < 2; i++) {
            JsonObject tier = tiers.get(i).getAsJsonObject();
            assertEquals(
                    i == 0 ? "resident-cuda" : "staged-cuda", tier.get("name").getAsString());
            assertTrue(tier.get("refused").getAsString().startsWith("there is no NVIDIA driver here"), tier.toString());
            assertFalse(tier.has("runs"));
        }
        JsonObject last = tiers.get(2).getAsJsonObject();
        assertEquals("cpu", last.get("name").getAsString());
        assertTrue(last.get("runs").getAsBoolean());
        assertFalse(last.has("refused"));
        System.clearProperty(CudaDriver.PROPERTY);
        JsonArray left = told("--compositor", "cpu").getAsJsonArray("tiers");
        assertEquals(4, left.size(), "without a look at them they are told of as well: " + left);
        assertEquals(
                "resident-tensorrt", left.get(0).getAsJsonObject().get("name").getAsString());
    }

    @Test
    void aCardThatIsRequiredEndsTheRunWithFive() {
        System.setProperty(CudaDriver.PROPERTY, "libcuda-that-is-not-there.so.1");
        Run.of("process", HANDS, "null:", "--require-gpu")
                .failed(5, "No graphics card can run the network here", "there is no NVIDIA driver here");
        Run.of("process", HANDS, "null:", "--device", "tensorrt", "--require-gpu")
                .failed(5, "no resident-tensorrt, resident-cuda, staged-cuda");
    }

    @Test
    void wordsThatMeanNothingAreUsageErrors() {
        Run.of("process", HANDS, "null:", "--device", "gpu")
                .failed(2, "--device is one of auto, cpu, cuda or tensorrt");
        Run.of("process", HANDS, "null:", "--device", "cpu", "--require-gpu").failed(2, "exclude each other");
        Run.of("process", HANDS, "null:", "--compositor", "cpu", "--require-gpu")
                .failed(2, "exclude each other");
    }

    @Test
    void aLibraryThatIsNoneIsToldOfInOneSentence() throws Exception {
        Path empty = Fake.empty(folder);
        System.setProperty(
                CudaDriver.PROPERTY, Fake.library(folder, "cuda", "fine").toString());
        Run.of("process", HANDS, "null:", "--device", "cuda", "--require-gpu", "--ort-library", empty)
                .failed(5, "is no ONNX Runtime (it has no OrtGetApiBase)");
    }

    /** From the frame to the picture by a pretended card: all but the card is real. */
    @Test
    void aStagedCardRunsTheWholeWay() throws Exception {
        System.setProperty(
                CudaDriver.PROPERTY,
                Fake.library(folder, "cuda", "elsewhere", "NO_GL").toString());
        Path library = Fake.library(folder, "onnxruntime", "honest");
        String tier = tier("--device", "cuda", "--ort-library", library);
        assertTrue(tier.startsWith("staged-cuda: network 448×256 on CUDA on Pretended Card, "), tier);
    }

    @Test
    void aCardThatIsLostEndsAFileWithASentence() throws Exception {
        System.setProperty(
                CudaDriver.PROPERTY,
                Fake.library(folder, "cuda", "away", "NO_GL").toString());
        // two rungs are proven with eleven runs each before the staged one works
        Path library = Fake.library(folder, "onnxruntime", "lost", "LOST_AFTER=25");
        Run.of("process", HANDS, "null:", "--device", "cuda", "--ort-library", library)
                .failed(5, "The graphics device failed while it worked", "an illegal memory access", "--device cpu");
    }

    @Test
    void theDoctorTellsOfEveryTier() {
        System.setProperty(CudaDriver.PROPERTY, "libcuda-that-is-not-there.so.1");
        Run run = Run.of("doctor");
        assertEquals(0, run.code(), run.out() + run.err());
        for (String line : new String[] {
            "✔ CPUExecutionProvider: proven, ",
            "! resident-tensorrt: there is no NVIDIA driver here",
            "! resident-cuda: there is no NVIDIA driver here",
            "! staged-cuda: there is no NVIDIA driver here"
        }) {
            assertTrue(run.out().contains(line), run.out());
        }
    }
}
