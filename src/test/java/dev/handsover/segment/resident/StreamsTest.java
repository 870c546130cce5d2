package dev.handsover.segment.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Run;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several recordings at once on one graphics device: each gives what it gives alone, and nothing stays behind. */
class StreamsTest {
    private static final int CLIPS = 5;
    private static final int FRAMES = 9;

    @TempDir
    Path folder;

    private Path in;

    @BeforeEach
    void record() throws Exception {
        in = Files.createDirectory(folder.resolve("in"));
        for (int i = 0; i < CLIPS; i++) {
            hands(in.resolve("hands" + i + ".y4m"), i + 1);
        }
    }

    /** Rendered hands as Y4M. */
    private static void hands(Path file, int seed) throws IOException, InterruptedException {
        String what = "pattern:hands?size=320x180&frames=" + FRAMES + "&seed=" + seed;
        try (Source source = SourceSpec.parse(what).open(SourceSpec.Options.ALL);
                OutputStream to = Files.newOutputStream(file)) {
            source.onSound(SoundPacket::close);
            to.write("YUV4MPEG2 W320 H180 F30:1 Ip A1:1 C420\n".getBytes(StandardCharsets.US_ASCII));
            Frame frame;
            while ((frame = source.read()) != null) {
                to.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
                for (int plane = 0; plane < 3; plane++) {
                    for (int y = 0; y < frame.format().planeHeight(plane); y++) {
                        long row = (long) y * frame.stride(plane);
                        to.write(frame.plane(plane)
                                .asSlice(row, frame.format().planeWidth(plane))
                                .toArray(ValueLayout.JAVA_BYTE));
                    }
                }
                frame.recycle();
            }
        }
    }

    private static Run process(Path from, Object to, Object... more) {
        Object[] words = {
            "process",
            from,
            to,
            "--background",
            "color:navy",
            "--workers",
            1,
            "--threads",
            1,
            "--model-pixels",
            15360,
            "--json"
        };
        Object[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        Run run = Run.of(all);
        assertEquals(0, run.code(), run.err());
        return run;
    }

    /** Three at a time and one alone, on the same tier. */
    private void sameAsAlone(String tier, Object... how) throws IOException {
        Path out = folder.resolve("out");
        Object[] jobs = Arrays.copyOf(how, how.length + 2);
        jobs[how.length] = "--jobs";
        jobs[how.length + 1] = 3;
        Run many = process(in, out + "/", jobs);
        assertTrue(many.out().contains("\"tier\": \"" + tier), many.out());
        assertTrue(many.out().contains(CLIPS + " made"), many.out());
        List<byte[]> made = new ArrayList<>();
        for (int i = 0; i < CLIPS; i++) {
            Path alone = folder.resolve("alone" + i + ".mp4");
            Run one = process(in.resolve("hands" + i + ".y4m"), alone, how);
            assertTrue(one.out().contains("\"tier\": \"" + tier), one.out());
            made.add(Files.readAllBytes(out.resolve("hands" + i + ".mp4")));
            assertArrayEquals(Files.readAllBytes(alone), made.getLast(), "recording " + i);
        }
        assertFalse(Arrays.equals(made.get(0), made.get(1)), "recordings differ");
    }

    @Test
    void aNetworkOfTheProcessorBetweenBuffersOfOpenGl() throws Exception {
        sameAsAlone("gl+cpu", "--compositor", "resident");
    }

    @Test
    void aCardOfTheDriver() throws Exception {
        Path driver = Fake.library(folder, "cuda", "streams", "NO_GL");
        Path library = Fake.library(folder, "onnxruntime", "onnxruntime-streams");
        System.setProperty(CudaDriver.PROPERTY, driver.toString());
        try {
            sameAsAlone("staged-cuda", "--device", "cuda", "--require-gpu", "--ort-library", library);
            assertEquals(0, Fake.Driver.of(driver).count("alive"));
        } finally {
            System.clearProperty(CudaDriver.PROPERTY);
        }
    }

    @Test
    void enginesAreBuiltOneAtATimeAndNobodyWaitsForThoseNotBegun() throws Exception {
        AtomicInteger building = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger built = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        Better.Build build = () -> {
            most.accumulateAndGet(building.incrementAndGet(), Math::max);
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                building.decrementAndGet();
                built.incrementAndGet();
            }
            throw new ResidentNetwork.Refusal("only tried");
        };
        Better first = Better.building(build);
        Run.until("the first is being built", () -> building.get() == 1);
        List<Better> others = List.of(Better.building(build), Better.building(build), Better.building(build));
        others.getFirst().close();
        assertEquals(0, built.get(), "closed while it waits");
        go.countDown();
        for (Better each : others.subList(1, 3)) {
            Run.until("it was its turn", () -> each.describe().equals("no TensorRT: only tried"));
            each.close();
        }
        first.close();
        assertEquals(3, built.get());
        assertEquals(1, most.get(), "built at the same time");
    }
}
