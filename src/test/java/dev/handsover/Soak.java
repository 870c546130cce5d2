package dev.handsover;

import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.GlObjects;
import dev.handsover.composite.Look;
import dev.handsover.composite.Untouched;
import dev.handsover.composite.Window;
import dev.handsover.frame.Frame;
import dev.handsover.matte.MatteSettings;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A long live run with a fault every minute: {@code Soak MINUTES [FOLDER]}. The camera shows a room of one loud colour with a hand
 * in it; faults take turns: the camera is silent, the network throws, the network hangs, everything looks like a hand, the look
 * changes, a recording comes and goes. OpenGL draws, and where there is a display a window shows the pictures. Prints a row a
 * minute: pictures, memory, handles, threads, objects of OpenGL, and samples of the room that reached an output, which must be
 * none. Run by hand; docs/reliability.md has the last one.
 */
final class Soak {
    private static final Path NETWORKS = Path.of("src/test/resources/networks");
    private static final int ROOM_CR = 170;
    private static final int EDGE = 10;
    /** Of a minute: calm before, the fault, and the time to recover. */
    private static final int PART_SECONDS = 20;

    private static final String[] FAULTS = {
        "camera silent", "network throws", "network hangs", "all is hand", "look changes", "recording"
    };

    private final FakeCamera camera = new FakeCamera(30);
    private final AtomicLong pictures = new AtomicLong();
    private final AtomicLong leaks = new AtomicLong();
    private final AtomicLong longestGap = new AtomicLong();
    private volatile long last;

    private Soak() {}

    public static void main(String[] arguments) throws Exception {
        int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
        Path folder = arguments.length > 1 ? Path.of(arguments[1]) : Files.createTempDirectory("soak");
        int[] code = {2};
        if (System.getenv("DISPLAY") == null) {
            code[0] = new Soak().run(minutes, folder, new Silent(null));
        } else {
            shown(minutes, folder, code);
        }
        System.exit(code[0]);
    }

    /** The window belongs to this thread, the run to another. */
    private static void shown(int minutes, Path folder, int[] code) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        try (Window window =
                Window.open(new Window.Options("Soak", 320, 180, false, false, false, false, true), new Untouched())) {
            Thread soak = Thread.ofPlatform().start(() -> {
                try {
                    code[0] = new Soak().run(minutes, folder, new Silent(window));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                } finally {
                    over.set(true);
                }
            });
            window.run(over::get);
            soak.join();
        }
    }

    private void judge(Frame picture) {
        long now = System.nanoTime();
        if (last != 0) {
            longestGap.accumulateAndGet(now - last, Math::max);
        }
        last = now;
        for (int y = 0; y < FakeCamera.HEIGHT; y += 2) {
            for (int x = 0; x < FakeCamera.WIDTH; x += 2) {
                boolean near = x > FakeCamera.LEFT - EDGE
                        && x < FakeCamera.RIGHT + EDGE
                        && y > FakeCamera.TOP - EDGE
                        && y < FakeCamera.BOTTOM + EDGE;
                int cr = picture.plane(Frame.V)
                                .get(ValueLayout.JAVA_BYTE, (long) (y / 2) * picture.stride(Frame.V) + x / 2)
                        & 255;
                leaks.addAndGet(!near && cr > ROOM_CR ? 1 : 0);
            }
        }
        pictures.incrementAndGet();
    }

    private static Settings.ModelChoice model(String name) {
        return new Settings.ModelChoice(NETWORKS.resolve(name + ".json").toString(), List.of(), 0);
    }

    private Settings settings() {
        return new Settings(
                new SourceSpec.Program(() -> camera),
                SourceSpec.Options.ALL,
                model("throws"),
                MatteSettings.DEFAULT,
                Look.over(new Look.Background.Color(0x000050)),
                Settings.LayerFiles.NONE,
                null,
                List.of(new Output.Program(this::judge)),
                Output.Encoding.AUTO,
                true,
                new Settings.Tuning(Settings.CompositorChoice.GL, 0, 1, 1));
    }

    private int run(int minutes, Path folder, Silent viewer) throws Exception {
        Live live = new Live(settings(), new Live.Options(false, false, Duration.ofDays(1), 0, null), viewer);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<Live.Summary> running = thread.submit(live::run);
        System.out.println(
                "| minute | fault | pictures | longest gap ms | resident MB | handles | threads | objects of OpenGL | room samples |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int minute = 0; minute < minutes; minute++) {
            TimeUnit.SECONDS.sleep(PART_SECONDS);
            String fault = FAULTS[minute % FAULTS.length];
            inject(live, fault, folder.resolve("soak-" + minute + ".mkv"));
            TimeUnit.SECONDS.sleep(PART_SECONDS);
            row(minute + 1, fault);
        }
        live.stop();
        Live.Summary summary = running.get(30, TimeUnit.SECONDS);
        thread.shutdown();
        System.out.printf(
                Locale.ROOT,
                "%nEnd: %d pictures, %d of them cards; faults %s; camera to picture %.1f ms (95 %%: %.1f, 99 %%: %.1f)%n",
                summary.pictures(),
                summary.cards(),
                summary.faults(),
                summary.latency().millis(Stage.TOTAL, 50),
                summary.latency().millis(Stage.TOTAL, 95),
                summary.latency().millis(Stage.TOTAL, 99));
        return leaks.get() == 0 ? 0 : 1;
    }

    /** Twenty seconds of it. */
    private void inject(Live live, String fault, Path file) throws InterruptedException {
        switch (fault) {
            case "camera silent" -> camera.mood(FakeCamera.Mood.SILENT);
            case "network throws" -> red(live, "throws");
            case "network hangs" -> red(live, "hangs");
            case "all is hand" -> red(live, "everything");
            case "look changes" -> {
                for (int i = 0; i < PART_SECONDS; i++) {
                    int blue = 0x50 + 5 * (i % 2);
                    live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Color(blue)), s.layers()));
                    TimeUnit.SECONDS.sleep(1);
                }
                return;
            }
            default -> {
                live.record(file);
                TimeUnit.SECONDS.sleep(PART_SECONDS);
                live.record(file);
                return;
            }
        }
        TimeUnit.SECONDS.sleep(PART_SECONDS);
        camera.mood(FakeCamera.Mood.WELL);
    }

    private void red(Live live, String network) throws InterruptedException {
        live.change(s -> s.with(model(network), s.tuning()));
        TimeUnit.SECONDS.sleep(2);
        camera.mood(FakeCamera.Mood.RED_ROOM);
    }

    private void row(int minute, String fault) throws IOException {
        System.gc();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %s | %d | %.0f | %.0f | %d | %d | %d | %d |%n",
                    minute,
                    fault,
                    pictures.get(),
                    longestGap.getAndSet(0) / 1e6,
                    residentMegabytes(),
                    handles.count(),
                    Thread.activeCount(),
                    GlObjects.alive(),
                    leaks.get());
        }
    }

    private static double residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** Takes everything, says nothing; a window may show it. */
    private record Silent(@Nullable Window window) implements Live.Viewer {
        @Override
        public void show(Frame picture) {
            if (window == null) {
                picture.recycle();
            } else {
                window.show(picture);
            }
        }

        @Override
        public boolean watched() {
            return true;
        }

        @Override
        public void note(String line) {}

        @Override
        public void ended() {
            if (window != null) {
                window.forget();
            }
        }
    }
}
