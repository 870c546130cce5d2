package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Frame;
import dev.handsover.matte.MatteSettings;
import dev.handsover.sink.Output;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * Tests of live runs before a camera whose room has one colour that nothing else has: every picture that comes out is searched
 * for it.
 */
abstract class BeforeACamera {
    static final Path NETWORKS = Path.of("src/test/resources/networks");
    /** Pixels around the hand in which an edge may be soft. */
    private static final int EDGE = 10;
    /** Cr of red and magenta lies above, of everything else that is drawn below. */
    private static final int ROOM_CR = 170;

    static final long LIMIT_SECONDS = 60;

    final FakeCamera camera;
    final Watcher watcher = new Watcher();
    final AtomicInteger pictures = new AtomicInteger();
    final AtomicInteger withHand = new AtomicInteger();
    final AtomicInteger leaks = new AtomicInteger();
    final AtomicInteger backgroundBlue = new AtomicInteger();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private @Nullable Future<Live.Summary> running;

    BeforeACamera(int fps) {
        this.camera = new FakeCamera(fps);
    }

    @AfterEach
    void end() {
        thread.shutdownNow();
    }

    /** Remembers what was told. */
    static final class Watcher implements Live.Viewer {
        final Queue<String> notes = new ConcurrentLinkedQueue<>();
        final AtomicReference<Live.@Nullable Status> status = new AtomicReference<>();
        volatile boolean raw;
        final AtomicInteger rawShown = new AtomicInteger();

        @Override
        public void show(Frame picture) {
            if (roomPixels(picture, false) > 1000) {
                rawShown.incrementAndGet();
            }
            picture.recycle();
        }

        @Override
        public boolean watched() {
            return true;
        }

        @Override
        public boolean raw() {
            return raw;
        }

        @Override
        public void status(Live.Status now) {
            status.set(now);
        }

        @Override
        public void note(String line) {
            notes.add(line);
        }

        boolean recording() {
            Live.Status now = status.get();
            return now != null && now.recording();
        }

        @Nullable String trouble() {
            Live.Status now = status.get();
            return now == null ? null : now.trouble();
        }
    }

    private static int chroma(Frame picture, int plane, int x, int y) {
        return picture.plane(plane).get(ValueLayout.JAVA_BYTE, (long) (y / 2) * picture.stride(plane) + x / 2) & 255;
    }

    /** Samples of the room's colour, outside of the hand's surroundings or everywhere. */
    static int roomPixels(Frame picture, boolean outside) {
        int count = 0;
        for (int y = 0; y < FakeCamera.HEIGHT; y += 2) {
            for (int x = 0; x < FakeCamera.WIDTH; x += 2) {
                boolean near = x > FakeCamera.LEFT - EDGE
                        && x < FakeCamera.RIGHT + EDGE
                        && y > FakeCamera.TOP - EDGE
                        && y < FakeCamera.BOTTOM + EDGE;
                if (!(outside && near) && chroma(picture, Frame.V, x, y) > ROOM_CR) {
                    count++;
                }
            }
        }
        return count;
    }

    private void judge(Frame picture) {
        leaks.addAndGet(roomPixels(picture, true));
        int middleX = (FakeCamera.LEFT + FakeCamera.RIGHT) / 2;
        int middleY = (FakeCamera.TOP + FakeCamera.BOTTOM) / 2;
        if (chroma(picture, Frame.V, middleX, middleY) < 70) {
            withHand.incrementAndGet();
        }
        backgroundBlue.set(chroma(picture, Frame.U, 20, 20));
        pictures.incrementAndGet();
    }

    /** @param pixels of the network's input; 0 is its card's own */
    Settings settings(String network, int pixels) {
        return new Settings(
                new SourceSpec.Program(() -> camera),
                SourceSpec.Options.ALL,
                new Settings.ModelChoice(NETWORKS.resolve(network + ".json").toString(), List.of(), pixels),
                MatteSettings.DEFAULT,
                Look.over(new Look.Background.Color(0x000050)),
                Settings.LayerFiles.NONE,
                null,
                List.of(new Output.Program(this::judge)),
                Output.Encoding.AUTO,
                false,
                new Settings.Tuning(Settings.CompositorChoice.CPU, 0, 1, 1));
    }

    static Live.Options options(boolean budget) {
        return new Live.Options(false, budget, Duration.ofMinutes(5), 0, null);
    }

    void await(BooleanSupplier done, String what) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!done.getAsBoolean()) {
            Future<Live.Summary> run = running;
            if (run != null && run.isDone()) {
                throw new AssertionError("the run has ended", run.exceptionNow());
            }
            assertTrue(
                    System.nanoTime() < limit,
                    () -> "waited in vain for " + what + "; " + watcher.status.get() + " " + watcher.notes);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    void awaitHands(int more) throws InterruptedException {
        int from = withHand.get();
        await(() -> withHand.get() >= from + more, "hands");
    }

    void awaitCards(int more) throws InterruptedException {
        int hands = withHand.get();
        int from = pictures.get();
        await(() -> pictures.get() - from - (withHand.get() - hands) >= more, "pictures without hands");
    }

    void start(Live live) {
        running = thread.submit(live::run);
    }

    Future<Live.Summary> running() {
        return Objects.requireNonNull(running);
    }

    Live.Summary ended(Live live) throws Exception {
        live.stop();
        return running().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
