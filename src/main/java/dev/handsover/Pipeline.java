package dev.handsover;

import dev.handsover.capture.Camera;
import dev.handsover.capture.Source;
import dev.handsover.engine.Engine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mailbox;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.sink.Output;
import dev.handsover.sink.Sinks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The data path: open the stages, loop, close them in reverse. Read this first.
 *
 * <pre>
 *   Source ──Camera thread──▶ Mailbox ──▶ Engine: segment ▶ matte ▶ composite ──▶ Sinks ──a thread each──▶ files, pipes
 *      └────────────── packets of sound, untouched ─────────────────────────────────┘
 * </pre>
 */
public final class Pipeline {
    /** Frames that wait decoded for the engine: enough to ride over a slow frame, few enough to stay in cache. */
    private static final int AHEAD = 4;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Settings settings;
    private final Watcher watcher;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Latency latency;
    private long begun;
    private long count;
    private long end;
    private volatile @Nullable Summary summary;

    /** Hears how a run goes, on the pipeline's thread. */
    public interface Watcher {
        void opened(StreamFormat stream, String tier, String outputs);

        /** A picture was handed to the sinks; {@code count} so far. */
        void frame(long count, long timeNanos);

        void closed();

        /** One line that a person should read. */
        void note(String line);
    }

    /**
     * What a run did.
     *
     * @param frames pictures written
     * @param media length of what was written
     * @param wall time from the first open to the last close
     * @param lost frames or packets that were damaged
     * @param interrupted stopped before the source's end
     * @param tiers that were looked at, best first; the last one runs and has no reason
     * @param notes what was mended on the way
     */
    public record Summary(
            long frames,
            Duration media,
            Duration wall,
            long lost,
            boolean interrupted,
            String tier,
            List<Ladder.Fall> tiers,
            List<String> outputs,
            List<String> notes,
            Latency latency) {}

    public Pipeline(Settings settings, Watcher watcher) {
        this(settings, watcher, new Latency());
    }

    /** @param latency is told of every stage */
    public Pipeline(Settings settings, Watcher watcher, Latency latency) {
        this.latency = latency;
        this.settings = settings;
        this.watcher = watcher;
    }

    /** Asks the run to end after the frame in hand; the outputs are finished. Any thread. */
    public void stop() {
        stop.set(true);
    }

    /** Runs to the source's end, or until stopped. Throws a {@code Failure} when the user can mend it. Called once. */
    public Summary run() throws InterruptedException {
        begun = System.nanoTime();
        // a live source loses frames on the way: what was asked for is pictures written, not frames read
        boolean live = settings.source().live();
        long most = live && settings.capture().frames() > 0 ? settings.capture().frames() : Long.MAX_VALUE;
        try (Source source = settings.source().open(live ? settings.capture().uncounted() : settings.capture());
                Mailbox mailbox = source.format().live() ? Mailbox.live() : Mailbox.lossless(AHEAD);
                Sound sound = Sound.from(source);
                Stages stages = Stages.open(settings, source.format(), latency, stop::get);
                Camera _ = Camera.open(source, mailbox, latency)) {
            stages.engine().pixels(settings.outputs().stream().anyMatch(each -> !(each instanceof Output.Null)));
            watcher.opened(
                    source.format(),
                    stages.engine().tier(),
                    written(source.format()) + stages.sinks().describe());
            Summary done;
            try {
                loop(mailbox, sound, stages, most);
                sound.drainTo(stages.sinks());
                stages.sinks().finish();
            } finally {
                done = summary(source, stages);
                summary = done;
            }
            watcher.closed();
            check(mailbox.failure());
            return done;
        } finally {
            watcher.closed();
        }
    }

    /** Frames become pictures until there are no more of them, enough, or nobody who takes them. */
    private void loop(Mailbox mailbox, Sound sound, Stages stages, long most) throws InterruptedException {
        Engine engine = stages.engine();
        Sinks sinks = stages.sinks();
        while (!stop.get() && !sinks.failed()) {
            boolean enough = count + engine.pending() >= most || mailbox.ended();
            Frame frame = enough ? null : mailbox.take(POLL_NANOS);
            if (frame != null) {
                latency.mark(Stage.MAILBOX, frame.origin(), frame.queuedNanos());
                engine.begin(frame);
            }
            boolean drained = frame == null && (enough || mailbox.ended());
            if (engine.pending() == engine.depth() || drained && engine.pending() > 0) {
                sound.drainTo(sinks);
                Frame picture = engine.finish();
                end = Math.max(end, picture.timeNanos() + picture.durationNanos());
                sinks.push(picture);
                watcher.frame(++count, end);
            } else if (drained) {
                break;
            }
        }
    }

    private Summary summary(Source source, Stages stages) {
        return new Summary(
                count,
                Duration.ofNanos(end),
                Duration.ofNanos(System.nanoTime() - begun),
                source.lost(),
                stop.get(),
                stages.engine().tier(),
                stages.tiers(),
                stages.sinks().names(),
                notes(source, stages.sinks()),
                latency);
    }

    /** What the run did, also when it failed: an output that broke is no reason to be silent about the others. Null before its end. */
    public @Nullable Summary summary() {
        return summary;
    }

    /** The size of the pictures where it is not the frames' own. */
    private String written(StreamFormat stream) {
        PictureFormat frames = stream.picture();
        PictureFormat canvas = Stages.canvas(settings, frames);
        return canvas.width() == frames.width() && canvas.height() == frames.height()
                ? ""
                : canvas.width() + "×" + canvas.height() + " in ";
    }

    private static List<String> notes(Source source, Sinks sinks) {
        List<String> notes = new ArrayList<>(source.report());
        notes.addAll(sinks.notes());
        return notes;
    }

    private void check(@Nullable Throwable failure) {
        if (failure instanceof Failure sentence) {
            throw sentence;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new IllegalStateException("the source failed after " + count + " frames", failure);
        }
        if (count == 0 && !stop.get() && settings.capture().start() != null) {
            throw Failure.usage("--start lies behind the end of the input; begin earlier.");
        }
        if (count == 0 && !stop.get()) {
            throw Failure.input("Not one frame could be read from the input; play it in another program to check it.");
        }
    }
}
