package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Live;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Frame;
import dev.handsover.matte.MatteSettings;
import dev.handsover.sink.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A live run on the graphics device brings a picture down when somebody wants its pixels, and never for the window. */
@Timeout(240)
class LiveShareTest extends OnAScreen {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    /** Planes one after the other, each at a multiple of 16 bytes. */
    private static final long PICTURE_BYTES = WIDTH * HEIGHT + 2L * ((WIDTH * HEIGHT / 4 + 15) / 16 * 16);

    @TempDir
    Path folder;

    /** Shows pictures in a window and remembers what was said. */
    private record Viewer(Running running, AtomicReference<Live.@Nullable Status> status, Queue<String> notes)
            implements Live.Viewer {
        @Override
        public void show(Frame picture) {
            running.window.show(picture);
        }

        @Override
        public WindowShare share() {
            return running.window.share();
        }

        @Override
        public boolean watched() {
            return true;
        }

        @Override
        public void status(Live.Status now) {
            status.set(now);
        }

        @Override
        public void note(String line) {
            notes.add(line);
        }

        @Override
        public void ended() {
            running.window.forget();
        }

        long pictures() {
            Live.Status now = status.get();
            return now == null ? 0 : now.pictures();
        }

        void awaitPictures(int more) {
            long from = pictures();
            Xvfb.await("pictures", () -> pictures() >= from + more);
        }
    }

    private static Settings settings() {
        return new Settings(
                SourceSpec.parseLive("pattern:bars?size=" + WIDTH + "x" + HEIGHT + "&fps=10&live=1"),
                SourceSpec.Options.ALL,
                new Settings.ModelChoice("src/test/resources/networks/throws.json", List.of(), 0),
                MatteSettings.DEFAULT,
                Look.over(new Look.Background.Color(0x000080)),
                Settings.LayerFiles.NONE,
                null,
                List.of(),
                Output.Encoding.AUTO,
                true,
                new Settings.Tuning(Settings.CompositorChoice.RESIDENT, 0, 1, 1));
    }

    private static long pixelsBack() {
        return GlCount.calls().pixelsBack();
    }

    @Test
    void picturesComeDownOnlyForWhoWantsPixels() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        int alive = GlCount.alive();
        try (Running running = new Running(PLAIN)) {
            Viewer viewer = new Viewer(running, new AtomicReference<>(), new ConcurrentLinkedQueue<>());
            Live live = new Live(settings(), new Live.Options(false, false, Duration.ofMinutes(3), 0, null), viewer);
            Future<Live.Summary> run = thread.submit(live::run);
            viewer.awaitPictures(3);
            handAndBackground(0x000080);

            long before = pixelsBack();
            long shown = running.window.shown();
            viewer.awaitPictures(8);
            assertEquals(before, pixelsBack(), "bytes of pictures that came back with the window alone");
            assertTrue(running.window.shown() > shown, "and it shows them");

            live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Color(0xFFA500)), s.layers()));
            Xvfb.await("another engine", () -> (screen().screenshot().getRGB(440, 100) & 255) < 40);
            handAndBackground(0xFFA500);
            // warm-up and cards come down, of the first engine alone
            assertEquals(before, pixelsBack(), "with another engine");

            Path video = folder.resolve("lesson.mkv");
            live.record(video);
            Xvfb.await("the recording begins", () -> viewer.notes().stream().anyMatch(n -> n.startsWith("Recording")));
            viewer.awaitPictures(5);
            live.record(video);
            Xvfb.await("the recording ends", () -> viewer.notes().stream().anyMatch(n -> n.startsWith("Recorded")));
            long recorded = pixelsBack() - before;
            int frames = Ff.probe(video, "-show_entries", "frame=pts_time", "-select_streams", "v")
                    .size();
            assertTrue(frames >= 1, frames + " recorded frames"); // an encoder that opens slowly loses the first ones

            Path snapshot = folder.resolve("moment.png");
            live.snapshot(snapshot);
            Xvfb.await("the snapshot", () -> Files.exists(snapshot));
            assertEquals(recorded + PICTURE_BYTES, pixelsBack() - before, "one more for a snapshot");
            viewer.awaitPictures(3);
            assertEquals(recorded + PICTURE_BYTES, pixelsBack() - before, "and none after it");

            live.stop();
            Live.Summary summary = run.get(Xvfb.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(summary.tier().endsWith("the window draws from there)"), summary.tier());
            assertEquals(0, summary.cards());
            long offered = frames + summary.lost().getOrDefault("too fast for an output", 0L);
            assertEquals(offered * PICTURE_BYTES, recorded, "each recorded picture came down once");
            handAndBackground(0xFFA500);
        } finally {
            thread.shutdownNow();
        }
        assertEquals(alive, GlCount.alive(), "objects of OpenGL");
    }

    /** The fourth bar is green, which the network calls a hand; the sixth is the room. */
    private static void handAndBackground(int background) {
        settle(() -> {
            assertColor(0x00BF00, screen().screenshot(), 280, 100, "the hand");
            assertColor(background, screen().screenshot(), 440, 100, "the background");
        });
    }
}
