package dev.handsover;

import dev.handsover.capture.Microphone;
import dev.handsover.composite.WindowShare;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.resident.Ladder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A live run as others see it: what it is asked, from any thread, and what it tells. {@link LiveRun} does the work.
 *
 * <p>The newest frame in, its picture out, for hours; and when there is no frame, no matte or no trust in it, a picture without
 * hands and a card that says why, at the same rate. No pixel of the camera reaches an output but through a matte of its own frame
 * (unless {@link Options#failOpen}).
 */
public final class Live {
    private final Settings own;
    private final Options options;
    private final Viewer viewer;
    private final Latency latency;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Consumer<LiveRun>> requests = new ConcurrentLinkedQueue<>();
    private volatile Settings wish;
    private volatile @Nullable Summary summary;

    /**
     * @param failOpen shows the camera's own picture where there is no matte; dangerous, and therefore named everywhere
     * @param budget steps down when the machine cannot keep up
     * @param runFor ends after that time; zero is never
     * @param pictures ends after so many; 0 is never
     * @param microphone whose sound goes to the outputs, as {@link Microphone#open} names it, or null
     */
    public record Options(
            boolean failOpen,
            boolean budget,
            Duration runFor,
            long pictures,
            @Nullable String microphone) {}

    /** Who looks at a live run: a window, a terminal, or, as long as nothing else is said, nobody. Called on the run's thread. */
    public interface Viewer {
        /** Takes a picture over; must not wait. */
        default void show(Frame picture) {
            picture.recycle();
        }

        /** The window that may draw from the pictures where they were made; null when there is none. */
        default @Nullable WindowShare share() {
            return null;
        }

        /** Whether somebody looks: else the run ends when every output has failed. */
        default boolean watched() {
            return false;
        }

        /** True while the camera's own picture shall be shown here, and nowhere else. */
        default boolean raw() {
            return false;
        }

        default void opened(StreamFormat stream, String tier, String outputs) {}

        /** A few times a second. */
        default void status(Status status) {}

        /** One line that a person should read. Any thread. */
        void note(String line);

        /** Nothing more comes: every picture is to be given back. */
        default void ended() {}
    }

    /**
     * How it goes just now.
     *
     * @param trouble why there are no hands, or null
     * @param step of the budget, for people
     * @param stages the 50th and 95th percentile of each, ms, for people
     * @param lost frames by what became of them
     */
    public record Status(
            Duration time,
            long pictures,
            double ageP50Millis,
            double ageP95Millis,
            double coverage,
            String tier,
            String step,
            @Nullable String trouble,
            Map<String, String> stages,
            Map<String, Long> lost,
            boolean recording) {
        /** Those of a picture's way that a person can follow. */
        static Map<String, String> stages(Latency latency) {
            Map<String, String> stages = new LinkedHashMap<>();
            for (Stage each : List.of(Stage.AGE, Stage.SEGMENT, Stage.MATTE, Stage.COMPOSITE, Stage.ENCODE)) {
                if (latency.count(each) > 0) {
                    stages.put(
                            each.label(),
                            String.format(
                                    Locale.ROOT,
                                    "%.1f ms, 19 of 20 within %.1f",
                                    latency.millis(each, 50),
                                    latency.millis(each, 95)));
                }
            }
            return stages;
        }
    }

    /**
     * What a run did.
     *
     * @param pictures all that went out, cards included
     * @param cpu time that all threads of the process took since the first frame was asked for
     * @param lost frames by what became of them
     * @param steps of the budget, how often each was taken
     * @param faults what went wrong and passed, how often each
     * @param tiers that were looked at, best first; the last one runs and has no reason
     */
    public record Summary(
            long pictures,
            long cards,
            Duration wall,
            Duration cpu,
            Map<String, Long> lost,
            Map<String, Integer> steps,
            Map<String, Integer> faults,
            String tier,
            List<Ladder.Fall> tiers,
            List<String> outputs,
            List<String> notes,
            Latency latency) {}

    public Live(Settings settings, Options options, Viewer viewer) {
        this(settings, options, viewer, new Latency());
    }

    /** @param latency is told of every stage */
    public Live(Settings settings, Options options, Viewer viewer, Latency latency) {
        this.latency = latency;
        this.own = settings;
        this.wish = settings;
        this.options = options;
        this.viewer = viewer;
    }

    /** Asks the run to end; the outputs are finished. Any thread. */
    public void stop() {
        stop.set(true);
    }

    boolean stopped() {
        return stop.get();
    }

    /** Changes look, matte or network while it runs; a change that does not work is told and left out. Any thread. */
    public synchronized void change(UnaryOperator<Settings> change) {
        try {
            wish = change.apply(wish);
            requests.add(LiveRun::askForEngine);
        } catch (Failure e) {
            requests.add(_ -> viewer.note(e.sentence()));
        }
    }

    /** What the user wants just now. */
    public Settings settings() {
        return wish;
    }

    /** Begins to record into a new file, or ends the recording under way. Any thread. */
    public void record(Path file) {
        requests.add(run -> run.recorder().toggle(file));
    }

    /** Writes the next picture into a file. Any thread. */
    public void snapshot(Path file) {
        requests.add(run -> run.recorder().snapshot(file));
    }

    /** What was asked since the last call. The run's thread. */
    @Nullable Consumer<LiveRun> nextRequest() {
        return requests.poll();
    }

    Viewer viewer() {
        return viewer;
    }

    Options options() {
        return options;
    }

    Latency latency() {
        return latency;
    }

    void ended(Summary done) {
        summary = done;
    }

    /** A window shows the picture of frame {@code origin} since {@code now} and took it then; ns of {@link System#nanoTime}. Any thread. */
    public void shown(long origin, long taken, long now) {
        latency.span(Stage.PRESENT, origin, taken, now);
    }

    /** What the run did, also where {@link #run} threw since the source or an output failed; null as long as it goes on. Any thread. */
    public @Nullable Summary summary() {
        return summary;
    }

    /**
     * Runs until stopped, or to the source's end. Throws a {@code Failure} when it cannot begin, and, when all is whole that can
     * be, the first failure of an output or of the source.
     */
    public Summary run() throws InterruptedException {
        return LiveRun.run(this, own);
    }
}
