package dev.handsover;

import dev.handsover.capture.Fit;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A long live run with a fault every minute: {@code Soak MINUTES [FOLDER]}. The camera shows a room of one loud colour with a hand
 * in it; faults take turns: the camera is silent, the network throws, the network hangs, everything looks like a hand, the look
 * changes, a recording comes and goes. Prints a row a minute: pictures, memory, handles, threads, and samples of the room that
 * reached an output, which must be none. Run by hand; docs/reliability.md has the last one.
 */
final class Soak {
    private static final Path NETWORKS = Path.of("src/test/resources/networks");
    private static final int ROOM_CR = 170;
    private static final int EDGE = 10;
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
        new Soak().run(minutes, folder);
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
                new Settings.LayerFiles(null, Fit.COVER, Duration.ofSeconds(5), List.of(), List.of()),
                null,
                List.of(new Output.Program(this::judge)),
                Output.Encoding.AUTO,
                true,
                new Settings.Tuning(Settings.CompositorChoice.CPU, 0, 1, 1));
    }

    private void run(int minutes, Path folder) throws Exception {
        Live live = new Live(settings(), new Live.Options(false, false, Duration.ofDays(1), 0, null), new Silent());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<Live.Summary> running = thread.submit(live::run);
        System.out.println(
                "| minute | fault | pictures | longest gap ms | resident MB | handles | threads | room samples |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int minute = 0; minute < minutes; minute++) {
            TimeUnit.SECONDS.sleep(20);
            String fault = FAULTS[minute % FAULTS.length];
            inject(live, fault, folder.resolve("soak-" + minute + ".mkv"));
            TimeUnit.SECONDS.sleep(20);
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
        System.exit(leaks.get() == 0 ? 0 : 1);
    }

    /** Twenty seconds of it. */
    private void inject(Live live, String fault, Path file) throws InterruptedException {
        switch (fault) {
            case "camera silent" -> camera.mood(FakeCamera.Mood.SILENT);
            case "network throws" -> red(live, "throws");
            case "network hangs" -> red(live, "hangs");
            case "all is hand" -> red(live, "everything");
            case "look changes" -> {
                for (int i = 0; i < 20; i++) {
                    int blue = 0x50 + 5 * (i % 2);
                    live.change(s -> s.with(s.matte(), Look.over(new Look.Background.Color(blue)), s.layers()));
                    TimeUnit.SECONDS.sleep(1);
                }
                return;
            }
            default -> {
                live.record(file);
                TimeUnit.SECONDS.sleep(20);
                live.record(file);
                return;
            }
        }
        TimeUnit.SECONDS.sleep(20);
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
                    "| %d | %s | %d | %.0f | %.0f | %d | %d | %d |%n",
                    minute,
                    fault,
                    pictures.get(),
                    longestGap.getAndSet(0) / 1e6,
                    residentMegabytes(),
                    handles.count(),
                    Thread.activeCount(),
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

    /** Takes everything, says nothing. */
    private static final class Silent implements Live.Viewer {
        @Override
        public void show(Frame picture) {
            picture.recycle();
        }

        @Override
        public boolean watched() {
            return true;
        }

        @Override
        public boolean raw() {
            return false;
        }

        @Override
        public void opened(StreamFormat stream, String tier, String outputs) {}

        @Override
        public void status(Live.Status status) {}

        @Override
        public void note(String line) {}

        @Override
        public void ended() {}
    }
}
