package dev.handsover.command;

import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.frame.Failure;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Several streams at once the same way, an engine each: what all get together, and what each costs. Counted from when the last
 * of them has its first picture; those that are done earlier leave the others more, so that their ends are told apart.
 *
 * @param frames of each stream
 */
record GpuStreams(GpuReport report, @Nullable Path library, int frames, GpuWay way) {
    private static final String SIZE = "1280x720";
    private static final long PATIENCE_MINUTES = 10;

    /** One stream, whose first picture waits for those of all others. */
    private static final class Run extends GpuClock {
        private final CountDownLatch first;
        private volatile Pipeline.@Nullable Summary summary;
        private volatile @Nullable Failure failure;
        private boolean begun;

        Run(int frames, CountDownLatch first) {
            super(frames);
            this.first = first;
        }

        @Override
        public void frame(long done, long timeNanos) {
            begin();
            await(first);
            super.frame(done, timeNanos);
        }

        /** Or will never do. */
        void begin() {
            if (!begun) {
                begun = true;
                first.countDown();
            }
        }
    }

    /** Bytes of memory that this process has. */
    static long resident() throws IOException {
        Path statm = Path.of("/proc/self/statm");
        return Files.exists(statm) ? Long.parseLong(Files.readString(statm).split(" ")[1]) * 4096 : 0;
    }

    void run(List<Integer> counts) throws InterruptedException, IOException {
        report.table(
                "streams",
                "Streams of " + SIZE + " at once, " + frames + " painted frames each",
                "streams",
                "way",
                "frames a second, all",
                "the slowest",
                "engine p50, ms",
                "p99",
                "processor, ms a frame",
                "MiB of memory",
                "MiB of the card");
        try (PaintedHands hands = new PaintedHands(SIZE, 30)) {
            for (int count : counts) {
                together(hands, count);
            }
        }
    }

    private void together(PaintedHands hands, int count) throws InterruptedException, IOException {
        CountDownLatch first = new CountDownLatch(count);
        Latency latency = new Latency();
        List<Run> runs = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Run run = new Run(frames, first);
            runs.add(run);
            threads.add(Thread.ofPlatform().name("stream-" + i).start(() -> one(hands, run, latency)));
        }
        if (!first.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            report.say("not every stream began");
        }
        long before = GpuClock.processorNanos();
        long memory = resident();
        long card = Tiers.usedMemory(0);
        for (Thread thread : threads) {
            thread.join();
        }
        tell(runs, latency, GpuClock.processorNanos() - before, memory, card);
    }

    private void one(PaintedHands hands, Run run, Latency latency) {
        Settings settings = way.settings(
                hands.stream(frames, false), GpuWay.PLAIN, new Output.Null(), Output.Encoding.AUTO, library);
        try {
            run.summary = new Pipeline(settings, run, latency).run();
        } catch (Failure e) {
            run.failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            run.begin();
        }
    }

    private static void await(CountDownLatch first) {
        try {
            if (!first.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException("not every stream began");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(List<Run> runs, Latency latency, long processor, long memory, long card) {
        double all = 0;
        double slowest = Double.MAX_VALUE;
        String tier = "";
        JsonObject row = new JsonObject();
        row.addProperty("streams", runs.size());
        row.addProperty("way", way.title());
        for (Run run : runs) {
            Pipeline.Summary summary = run.summary;
            if (summary == null) {
                Failure why = run.failure;
                String words = why == null ? "a stream ended early" : why.sentence();
                row.addProperty("refused", words);
                report.row(row, runs.size(), way.title(), words, "", "", "", "", "", "");
                return;
            }
            all += run.rate();
            slowest = Math.min(slowest, run.rate());
            tier = summary.tier();
        }
        double millis = processor / 1e6 / ((double) frames * runs.size());
        row.addProperty("software", GpuWay.software(tier));
        row.addProperty("framesPerSecond", all);
        row.addProperty("slowestFramesPerSecond", slowest);
        row.addProperty("processorMillisPerFrame", millis);
        row.addProperty("residentBytes", memory);
        row.addProperty("cardBytes", card);
        row.add("stages", Report.stages(latency));
        report.row(
                row,
                runs.size(),
                way.named(tier),
                all,
                slowest,
                latency.millis(Stage.ENGINE, 50),
                latency.millis(Stage.ENGINE, 99),
                millis,
                memory >> 20,
                card < 0 ? "" : String.valueOf(card >> 20));
    }
}
