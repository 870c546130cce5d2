package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Run;
import dev.handsover.capture.pattern.PatternSource;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.StreamFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live sources that break, end, fall silent or stay away. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReopeningTest {
    @TempDir
    Path folder;

    /** Some frames of a pattern, then a fault. */
    private static final class Breaking implements Source {
        private final PatternSource pattern;
        private final int good;
        private int given;
        private boolean closed;

        Breaking(int width, int good) {
            this.good = good;
            this.pattern = PatternSource.open(
                    (SourceSpec.Pattern) SourceSpec.parse("pattern:bars?size=" + width + "x48&fps=1000&frames=1000"),
                    SourceSpec.Options.ALL);
        }

        @Override
        public StreamFormat format() {
            return pattern.format();
        }

        @Override
        public @Nullable Frame read() throws InterruptedException {
            if (given++ >= good) {
                throw Failure.device("It broke.");
            }
            Frame frame = pattern.read();
            assertNotNull(frame);
            frame.captured(System.nanoTime());
            return frame;
        }

        @Override
        public List<String> report() {
            return List.of("one line");
        }

        @Override
        public Map<String, Long> losses() {
            return Map.of("driver", 2L);
        }

        @Override
        public void close() {
            assertTrue(!closed, "closed twice");
            closed = true;
            pattern.close();
        }
    }

    @Test
    void faultsNeverEndItAndTimeGoesOn() throws Exception {
        AtomicInteger openings = new AtomicInteger();
        Reopening source = Reopening.open(
                canvas -> {
                    int opening = openings.getAndIncrement();
                    if (opening == 2) {
                        throw Failure.device("It is away.");
                    }
                    assertEquals(opening > 0, canvas != null);
                    return new Breaking(64, 3);
                },
                10);
        long lastTime = -1;
        long lastSequence = -1;
        int count = 0;
        long start = System.nanoTime();
        Frame frame;
        while ((frame = source.read()) != null) {
            assertTrue(frame.timeNanos() > lastTime, "time stood still");
            assertTrue(frame.sequence() > lastSequence, "the count stood still");
            lastTime = frame.timeNanos();
            lastSequence = frame.sequence();
            count++;
            assertNull(source.trouble());
            frame.recycle();
        }
        long spent = System.nanoTime() - start;
        assertEquals(10, count);
        assertEquals(5, openings.get());
        assertTrue(lastTime > TimeUnit.MILLISECONDS.toNanos(600) && lastTime <= spent, lastTime + " of " + spent);
        assertEquals(3, source.losses().get("reopened"));
        assertEquals(8, source.losses().get("driver"));
        assertTrue(
                source.report().contains("The source was opened again 3 times."),
                source.report().toString());
        source.close();
    }

    @Test
    void theFirstOpeningMayFail() {
        Failure failure = assertThrows(
                Failure.class,
                () -> Reopening.open(
                        canvas -> {
                            throw Failure.device("There is no camera.");
                        },
                        0));
        assertEquals("There is no camera.", failure.sentence());
    }

    @Test
    void whileItWaitsItSaysWhyAndCanBeInterrupted() throws Exception {
        AtomicInteger openings = new AtomicInteger();
        Reopening source = Reopening.open(
                canvas -> {
                    if (openings.getAndIncrement() > 0) {
                        throw Failure.device("The camera is unplugged.");
                    }
                    return new Breaking(64, 1);
                },
                0);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    Frame frame = source.read();
                    assertNotNull(frame);
                    frame.recycle();
                }
            } catch (InterruptedException | RuntimeException e) {
                ended.set(e);
            }
        });
        Run.until("the trouble is told", () -> "The camera is unplugged.".equals(source.trouble()));
        reader.interrupt();
        assertTrue(reader.join(java.time.Duration.ofSeconds(5)), "it cannot be interrupted");
        assertTrue(ended.get() instanceof InterruptedException, String.valueOf(ended.get()));
        source.close();
    }

    /** A hundred openings of a stream of FFmpeg's leave no thread, no file and no frame behind. */
    @Test
    void nothingLeaksOverAHundredOpenings() throws Exception {
        Path proc = Path.of("/proc/self/fd");
        Assumptions.assumeTrue(Files.isDirectory(proc));
        Path clip = folder.resolve("clip.ts");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.2", "-c:v", "libopenh264", clip);
        SourceSpec.Options options = SourceSpec.Options.ALL;
        List<Frame> held = new ArrayList<>();
        int files = 0;
        int threads = 0;
        for (int opening = 0; opening < 110; opening++) {
            if (opening == 10) {
                files = count(proc);
                threads = Thread.activeCount();
            }
            Source source = MediaSource.open(
                    new Container.Place("file:" + clip, "clip", true, false, true, null),
                    options.endless(),
                    MediaSource.Target.NATURAL);
            Frame frame = source.read();
            assertNotNull(frame);
            held.add(frame);
            // frames may come back after their source is closed
            source.close();
            if (held.size() > 3) {
                Frame oldest = held.removeFirst();
                oldest.fill(16, 128, 128, 255);
                oldest.recycle();
            }
        }
        assertEquals(files, count(proc), 2, "open files");
        assertEquals(threads, Thread.activeCount(), 2, "threads");
        held.forEach(Frame::recycle);
    }

    private static int count(Path proc) throws IOException {
        try (var files = Files.list(proc)) {
            return (int) files.count();
        }
    }

    @Test
    void aNetworkCameraIsTakenUpAgain() throws Exception {
        Path clip = folder.resolve("clip.ts");
        Path other = folder.resolve("other.ts");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1", "-c:v", "libopenh264", clip);
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-c:v", "libopenh264", other);
        AtomicInteger served = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        socket.getInputStream().read(new byte[4096]);
                        OutputStream out = socket.getOutputStream();
                        out.write("HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                        out.write(Files.readAllBytes(served.getAndIncrement() % 2 == 0 ? clip : other));
                    } catch (IOException e) {
                        // the reader has left
                    }
                }
            });
            SourceSpec spec = SourceSpec.parseLive("http://127.0.0.1:" + server.getLocalPort() + "/live.ts");
            try (Source source = spec.open(SourceSpec.Options.ALL)) {
                source.onSound(SoundPacket::close);
                assertTrue(source.format().live());
                long last = -1;
                for (int i = 0; i < 60; i++) {
                    Frame frame = source.read();
                    assertNotNull(frame);
                    assertEquals(160, frame.width());
                    assertEquals(120, frame.height());
                    assertTrue(frame.timeNanos() > last);
                    assertTrue(frame.capturedNanos() > 0);
                    last = frame.timeNanos();
                    frame.recycle();
                }
                assertTrue(
                        source.losses().getOrDefault("reopened", 0L) >= 2,
                        source.losses().toString());
            }
        }
    }

    @Test
    void aFileIsPlayedAtItsPaceAndAnew() throws Exception {
        Path clip = folder.resolve("clip.mp4");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=20:d=0.5", "-c:v", "libopenh264", clip);
        try (Source source = SourceSpec.parseLive(clip + "?loop").open(SourceSpec.Options.ALL)) {
            source.onSound(SoundPacket::close);
            assertTrue(source.format().live());
            long start = 0;
            long last = -1;
            int taken = 0;
            while (last < TimeUnit.MILLISECONDS.toNanos(1150)) {
                Frame frame = source.read();
                assertNotNull(frame);
                start = taken++ == 0 ? System.nanoTime() : start;
                long due = frame.timeNanos();
                assertTrue(due > last);
                assertTrue(System.nanoTime() - start >= due - 5_000_000, "a frame came before its time");
                last = due;
                frame.recycle();
            }
            assertTrue(taken > 10 && taken <= 25, taken + " frames");
        }
    }
}
