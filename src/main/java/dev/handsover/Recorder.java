package dev.handsover;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.StreamFormat;
import dev.handsover.sink.Output;
import dev.handsover.sink.Sink;
import dev.handsover.sink.Sinks;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files that begin and end while a live run goes on: recordings and snapshots. Encoders are opened, and files finished, in the
 * background. The run's thread uses it.
 */
final class Recorder {
    private static final long FINISH_SECONDS = 20;

    private final Settings settings;
    private final StreamFormat stream;
    private final Sinks sinks;
    private final Queue<Runnable> actions;
    private final Consumer<String> note;
    private final AtomicInteger unfinished = new AtomicInteger();
    private @Nullable Object handle;
    private @Nullable Path file;
    private @Nullable Path snapshot;
    private PictureFormat format;
    private long lastTime;

    /**
     * @param actions run on the run's thread
     * @param note tells a person; any thread
     */
    Recorder(Settings settings, StreamFormat stream, Sinks sinks, Queue<Runnable> actions, Consumer<String> note) {
        this.settings = settings;
        this.stream = stream;
        this.format = stream.picture();
        this.sinks = sinks;
        this.actions = actions;
        this.note = note;
    }

    /** Pictures are being written. */
    boolean running() {
        return handle != null;
    }

    /** Begins a recording, or ends the one under way. */
    void toggle(Path to) {
        if (file == null) {
            begin(to);
        } else {
            end();
        }
    }

    private void begin(Path to) {
        file = to;
        Output.Job job = job();
        Thread.ofVirtual().start(() -> {
            try {
                Output output = Output.parse(to.toString());
                Sink sink = output.open(job);
                actions.add(() -> attach(to, output, sink));
            } catch (RuntimeException e) {
                actions.add(() -> failed(e));
            }
        });
    }

    private Output.Job job() {
        return new Output.Job(format, stream, settings.encoding(), false, settings.force(), lastTime);
    }

    private void attach(Path to, Output output, Sink sink) {
        unfinished.incrementAndGet();
        handle = sinks.add(output, sink);
        note.accept("Recording to " + to + ".");
        if (file == null) {
            end();
        }
    }

    private void failed(RuntimeException e) {
        file = null;
        note.accept(e instanceof Failure sentence ? sentence.sentence() : "The recording failed: " + e + ".");
    }

    private void end() {
        Path done = file;
        file = null;
        Object ending = handle;
        handle = null;
        if (ending != null) {
            sinks.remove(ending, failure -> {
                note.accept(
                        failure == null ? "Recorded " + done + "." : "The recording failed: " + failure.getMessage());
                unfinished.decrementAndGet();
            });
        }
    }

    /** The next picture that is seen is written there. */
    void snapshot(Path to) {
        snapshot = to;
    }

    /** Whether a snapshot waits for a picture with pixels. */
    boolean waits() {
        return snapshot != null;
    }

    /** Sees every picture; it stays the run's. */
    void see(Frame picture) {
        lastTime = picture.timeNanos();
        format = picture.format();
        Path to = snapshot;
        if (to == null || !picture.readable()) {
            return;
        }
        snapshot = null;
        picture.retain();
        unfinished.incrementAndGet();
        Output.Job job =
                new Output.Job(picture.format(), stream, Output.Encoding.AUTO, false, settings.force(), lastTime);
        Thread.ofVirtual().start(() -> write(to, job, picture));
    }

    private void write(Path to, Output.Job job, Frame picture) {
        try (Sink sink = Output.parse(to.toString()).open(job)) {
            sink.write(picture);
            sink.finish();
            note.accept("Wrote " + to + ".");
        } catch (RuntimeException e) {
            note.accept(e instanceof Failure sentence ? sentence.sentence() : "The snapshot failed: " + e + ".");
        } finally {
            picture.recycle();
            unfinished.decrementAndGet();
        }
    }

    /** Ends all; waits until the files are whole, for some seconds at most. */
    void finish() throws InterruptedException {
        end();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(FINISH_SECONDS);
        while (unfinished.get() > 0 && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
