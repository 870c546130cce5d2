package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.segment.Segmenter;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder of recordings into a folder: a run for each, several at the same time on threads of their own. Java, the libraries
 * and the networks are opened once. What an earlier run finished of the same bytes with the same settings is left alone; a
 * recording that cannot be read, or that the card asked for does not decode, is passed over and told. All state is guarded by
 * this object, and so stays in one file.
 */
final class ClipByClip implements Interruption.Work<Pipeline.Summary> {
    private final Settings settings;
    private final Console console;
    private final Path folder;
    private final int jobs;
    private final String task;
    private final Queue<Clip> waiting = new ArrayDeque<>();
    private final int all;
    private final Set<Pipeline> running = new HashSet<>();
    private final Latency latency = new Latency();
    private final Set<String> notes = new LinkedHashSet<>();
    private final long begun = System.nanoTime();
    private boolean stopped;
    private @Nullable Throwable fatal;
    private @Nullable Failure unreadable;
    private String tier = "";
    private List<Ladder.Fall> tiers = List.of();
    private Duration media = Duration.ZERO;
    private long frames;
    private long played; // of the recordings' own time, in nanoseconds
    private long lost;
    private int made;
    private int doneBefore;
    private int passedOver;

    private record Clip(Path file, String name) {}

    /** @param jobs recordings at the same time; 0 is half the cores */
    ClipByClip(Settings settings, int jobs, Console console) {
        if (!(settings.source() instanceof SourceSpec.Images(String pattern))
                || !(settings.outputs().getFirst() instanceof Output.Folder(Path place))) {
            throw new IllegalArgumentException("not recordings into a folder");
        }
        this.settings = settings;
        this.console = console;
        this.folder = place;
        List<Path> files = Clips.list(Path.of(pattern));
        List<String> names = Clips.names(files, settings.look().transparent());
        for (int i = 0; i < files.size(); i++) {
            waiting.add(new Clip(files.get(i), names.get(i)));
        }
        this.all = files.size();
        int cores = Runtime.getRuntime().availableProcessors();
        this.jobs = Math.min(all, jobs > 0 ? jobs : Math.max(1, cores / 2));
        this.task = Clips.task(settings);
    }

    /** Whether these settings mean recordings into one folder; pictures beside them are meant instead unless jobs are asked for. */
    static boolean fits(Settings settings, int jobs) {
        return settings.source() instanceof SourceSpec.Images(String pattern)
                && settings.outputs().size() == 1
                && settings.outputs().getFirst() instanceof Output.Folder
                && !Clips.list(Path.of(pattern)).isEmpty()
                && (jobs > 0 || !Clips.pictures(Path.of(pattern)));
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        running.forEach(Pipeline::stop);
    }

    @Override
    public Pipeline.Summary run() throws InterruptedException {
        makeFolder();
        DoneList list = new DoneList(folder);
        refuseForeign(list);
        try (Segmenter.Hold _ = Segmenter.hold()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                threads.add(Thread.ofPlatform().name("job-" + i).start(() -> work(list)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            stop();
            console.closed();
        }
        check();
        return summary();
    }

    @Override
    public synchronized Pipeline.@Nullable Summary done() {
        return made + doneBefore == 0 ? null : summary();
    }

    private synchronized void check() {
        if (fatal instanceof Error e) {
            throw e;
        }
        if (fatal instanceof RuntimeException e) {
            throw e;
        }
        if (unreadable != null && made + doneBefore == 0) {
            throw unreadable;
        }
    }

    private synchronized Pipeline.Summary summary() {
        List<String> said = new ArrayList<>(notes);
        said.add(String.format(
                Locale.ROOT,
                "%d %s: %d made, %d left alone since they were done before, %d passed over.",
                all,
                all == 1 ? "recording" : "recordings",
                made,
                doneBefore,
                passedOver));
        List<String> outputs = List.of(Output.name(settings.outputs().getFirst()));
        boolean early = made + doneBefore + passedOver < all;
        Duration wall = Duration.ofNanos(System.nanoTime() - begun);
        return new Pipeline.Summary(frames, media, wall, lost, early, tier, tiers, outputs, said, latency);
    }

    private void makeFolder() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Failure.output("The folder " + folder + " cannot be made: " + e.getMessage() + ".", e);
        }
    }

    /** Before any work: files that no run of ours began are somebody's. */
    private void refuseForeign(DoneList list) {
        for (Clip clip : waiting) {
            if (!settings.force() && Files.exists(folder.resolve(clip.name)) && !list.begun(clip.name)) {
                throw Failure.output(
                        folder.resolve(clip.name)
                                + " exists already and was not made by such a run; add --force to replace it, or choose another folder.");
            }
        }
    }

    private void work(DoneList list) {
        try {
            for (Clip clip = next(); clip != null; clip = next()) {
                try {
                    process(clip, list);
                } catch (Failure e) {
                    if (e.kind() != Failure.Kind.INPUT && e.kind() != Failure.Kind.REFUSED) {
                        throw e;
                    }
                    passOver(e);
                }
            }
        } catch (RuntimeException | Error e) { // the other jobs end, and whoever waits for them is told
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }

    private synchronized @Nullable Clip next() {
        return stopped ? null : waiting.poll();
    }

    private synchronized void passOver(Failure e) {
        unreadable = e;
        passedOver++;
        lost++;
        notes.add(e.sentence());
    }

    private synchronized void fail(Throwable e) {
        fatal = fatal == null ? e : fatal;
        stop();
    }

    private void process(Clip clip, DoneList list) throws InterruptedException {
        String digest = Clips.digest(clip.file, task);
        Path place = folder.resolve(clip.name);
        if (!settings.force() && list.done(digest, clip.name) && Files.exists(place)) {
            leaveAlone();
            return;
        }
        list.begin(digest, clip.name);
        Pipeline pipeline = new Pipeline(one(clip.file, place), new OfMany(), latency);
        begin(pipeline);
        try {
            Pipeline.Summary summary = pipeline.run();
            if (!summary.interrupted()) {
                list.finish(digest, clip.name);
            }
            add(clip, summary);
        } finally {
            end(pipeline);
        }
    }

    /** The run of one clip: it replaces what a run that was killed left, and shares the cores with the other jobs. */
    private Settings one(Path file, Path place) {
        int each = Math.max(1, Runtime.getRuntime().availableProcessors() / jobs);
        Settings.Tuning asked = settings.tuning();
        int workers = asked.workers() > 0 || jobs == 1 ? asked.workers() : each;
        Settings.Tuning tuning =
                new Settings.Tuning(asked.compositor(), workers, asked.threads(), asked.networkEvery(), asked.device());
        Settings clip = settings.with(new SourceSpec.Video(file), List.of(Output.parse(place.toString())))
                .with(settings.model(), tuning);
        return new Settings(
                clip.source(),
                clip.capture(),
                clip.model(),
                clip.matte(),
                clip.look(),
                clip.layers(),
                clip.size(),
                clip.outputs(),
                clip.encoding(),
                true,
                clip.tuning());
    }

    private synchronized void begin(Pipeline pipeline) {
        running.add(pipeline);
        if (stopped) {
            pipeline.stop();
        }
    }

    private synchronized void end(Pipeline pipeline) {
        running.remove(pipeline);
    }

    private synchronized void leaveAlone() {
        doneBefore++;
    }

    private synchronized void add(Clip clip, Pipeline.Summary summary) {
        if (!summary.interrupted()) {
            made++;
        }
        tier = summary.tier();
        tiers = summary.tiers();
        media = media.plus(summary.media());
        lost += summary.lost();
        summary.notes().forEach(note -> notes.add(clip.name + ": " + note));
        if (summary.lost() > 0) {
            notes.add(clip.name + ": " + summary.lost() + " damaged frames or packets.");
        }
    }

    /** Tells of the many runs as of one. */
    private final class OfMany implements Pipeline.Watcher {
        private long reached;

        @Override
        public void opened(StreamFormat stream, String how, String outputs) {
            synchronized (ClipByClip.this) {
                if (tier.isEmpty()) {
                    tier = how;
                    StreamFormat first = new StreamFormat(
                            stream.picture(),
                            stream.timeBase(),
                            stream.frameRate(),
                            0,
                            -1,
                            false,
                            false,
                            List.of(),
                            Map.of());
                    console.opened(
                            first,
                            how,
                            all == 1
                                    ? folder + " (1 recording)"
                                    : String.format(
                                            Locale.ROOT, "%s (%d recordings, %d at a time)", folder, all, jobs));
                }
            }
        }

        @Override
        public void frame(long ofThis, long timeNanos) {
            synchronized (ClipByClip.this) {
                played += timeNanos - reached;
                reached = timeNanos;
                console.frame(++frames, played);
            }
        }

        @Override
        public void closed() {
            // the bar is closed after the last of them
        }

        @Override
        public void note(String line) {
            console.note(line);
        }
    }
}
