package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.Fit;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.sink.Output;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Live runs before a camera whose room has one colour that nothing else has: whatever fails, no picture may show it outside the
 * hand's surroundings.
 */
class LiveTest {
    private static final Path NETWORKS = Path.of("src/test/resources/networks");
    private static final int FPS = 30;
    /** Pixels around the hand in which an edge may be soft. */
    private static final int EDGE = 10;
    /** Cr of red and magenta lies above, of everything else that is drawn below. */
    private static final int ROOM_CR = 170;

    private static final long LIMIT_SECONDS = 20;

    @TempDir
    Path folder;

    private final FakeCamera camera = new FakeCamera(FPS);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Watcher watcher = new Watcher();
    private final AtomicInteger pictures = new AtomicInteger();
    private final AtomicInteger withHand = new AtomicInteger();
    private final AtomicInteger leaks = new AtomicInteger();
    private final AtomicInteger backgroundBlue = new AtomicInteger();

    private @Nullable Future<Live.Summary> running;

    private Future<Live.Summary> running() {
        return Objects.requireNonNull(running);
    }

    @AfterEach
    void end() {
        thread.shutdownNow();
    }

    /** Remembers what was told. */
    private static final class Watcher implements Live.Viewer {
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
        public void opened(StreamFormat stream, String tier, String outputs) {}

        @Override
        public void status(Live.Status now) {
            status.set(now);
        }

        @Override
        public void note(String line) {
            notes.add(line);
        }

        @Override
        public void ended() {}

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
    private static int roomPixels(Frame picture, boolean outside) {
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

    private Settings settings(String network, Look.Background background) {
        return new Settings(
                new SourceSpec.Program(() -> camera),
                SourceSpec.Options.ALL,
                new Settings.ModelChoice(NETWORKS.resolve(network + ".json").toString(), List.of(), 0),
                MatteSettings.DEFAULT,
                Look.over(background),
                new Settings.LayerFiles(null, Fit.COVER, Duration.ofSeconds(5), List.of(), List.of()),
                null,
                List.of(new Output.Program(this::judge)),
                Output.Encoding.AUTO,
                false,
                new Settings.Tuning(Settings.CompositorChoice.CPU, 0, 1, 1));
    }

    private static final Live.Options OPTIONS = new Live.Options(false, false, Duration.ofSeconds(90), 0, null);

    private Live live(String network) {
        return new Live(settings(network, new Look.Background.Color(0x000050)), OPTIONS, watcher);
    }

    private void await(BooleanSupplier done, String what) throws InterruptedException {
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

    private void awaitHands(int more) throws InterruptedException {
        int from = withHand.get();
        await(() -> withHand.get() >= from + more, "hands");
    }

    private void awaitCards(int more) throws InterruptedException {
        int hands = withHand.get();
        int from = pictures.get();
        await(() -> pictures.get() - from - (withHand.get() - hands) >= more, "pictures without hands");
    }

    private void start(Live live) {
        running = thread.submit(live::run);
    }

    private Live.Summary ended(Live live) throws Exception {
        live.stop();
        return running().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "hangs", "everything"})
    void aNetworkThatFailsShowsTheBackgroundAndComesBack(String network) throws Exception {
        Live live = live(network);
        start(live);
        awaitHands(10);
        camera.mood(FakeCamera.Mood.RED_ROOM);
        awaitCards(8);
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(10);
        Live.Summary summary = ended(live);
        assertEquals(0, leaks.get(), "samples of the room");
        assertFalse(summary.faults().isEmpty());
        assertTrue(summary.cards() >= 8);
    }

    @Test
    void aSilentCameraKeepsTheOutputsAlive() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        camera.mood(FakeCamera.Mood.SILENT);
        await(() -> FakeCamera.WHY.equals(watcher.trouble()), "the camera's word");
        int from = pictures.get();
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(2);
        double rate = (pictures.get() - from) * 1e9 / (System.nanoTime() - start);
        assertTrue(rate > FPS / 2.0 && rate < FPS * 1.2, "cards at " + rate + " a second");
        camera.mood(FakeCamera.Mood.WELL);
        awaitHands(5);
        await(() -> watcher.trouble() == null, "the end of the trouble");
        Live.Summary summary = ended(live);
        assertEquals(0, leaks.get(), "samples of the room");
        assertEquals(1, summary.faults().get(FakeCamera.WHY));
    }

    @Test
    void aLookIsChangedBetweenTwoPictures() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        int dark = backgroundBlue.get();
        live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Color(0x0000FF)), s.layers()));
        await(() -> backgroundBlue.get() > dark + 20, "the other background");
        live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Blur(10)), s.layers()));
        awaitHands(5);
        camera.mood(FakeCamera.Mood.SILENT);
        awaitCards(3);
        int during = leaks.get();
        awaitCards(5);
        assertEquals(during, leaks.get(), "a card over a blurred room shows nothing of the room");
        camera.mood(FakeCamera.Mood.WELL);
        live.change(s -> s.with(new Settings.ModelChoice("nothing.json", List.of(), 0), s.tuning()));
        await(
                () -> watcher.notes.stream().anyMatch(n -> n.contains("nothing.json")),
                "a word about the missing network");
        awaitHands(5);
        assertEquals(0, ended(live).steps().size());
    }

    @Test
    void recordingsAndSnapshotsComeAndGo() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        Path video = folder.resolve("lesson.mkv");
        Path picture = folder.resolve("moment.png");
        live.record(video);
        await(watcher::recording, "the recording");
        awaitHands(30);
        live.snapshot(picture);
        live.record(video);
        await(() -> Files.exists(video) && Files.exists(picture), "both files");
        awaitHands(3);
        ended(live);
        List<String> times = Ff.probe(video, "-show_entries", "frame=pts_time", "-select_streams", "v");
        assertTrue(times.size() >= 20, times.size() + " frames");
        assertTrue(Double.parseDouble(times.getFirst().replace(",", "")) < 0.5, times.getFirst());
        assertEquals(0, leaks.get());
    }

    @Test
    void theRoomIsShownToTheViewerAloneAndOnlyWhenAsked() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        assertEquals(0, watcher.rawShown.get());
        watcher.raw = true;
        await(() -> watcher.rawShown.get() > 3, "the room in the window");
        watcher.raw = false;
        awaitHands(5);
        ended(live);
        assertEquals(0, leaks.get(), "samples of the room in the outputs");
    }

    @Test
    void aCameraThatBreaksForGoodEndsTheRunWithWholeOutputs() throws Exception {
        Live live = live("throws");
        start(live);
        awaitHands(5);
        camera.mood(FakeCamera.Mood.BROKEN);
        assertThrows(ExecutionException.class, () -> running().get(LIMIT_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, leaks.get());
    }
}
