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
    private @Nullable Recording current;
    private @Nullable Path snapshot;
    private PictureFormat format;
    private long lastTime;

    /** One file, from the wish for it to its end. */
    private static final class Recording {
        final Path file;

        @Nullable Object handle;

        boolean ended;

        Recording(Path file) {
            this.file = file;
        }
    }

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
        return current != null && current.handle != null;
    }

    /** Begins a recording, or ends the one under way. */
    void toggle(Path to) {
        if (current == null) {
            begin(to);
        } else {
            end();
        }
    }

    private void begin(Path to) {
        Recording mine = new Recording(to);
        current = mine;
        unfinished.incrementAndGet();
        Output.Job job = job();
        Thread.ofVirtual().start(() -> {
            try {
                Output output = Output.parse(to.toString());
                Sink sink = output.open(job);
                actions.add(() -> attach(mine, output, sink));
            } catch (RuntimeException e) {
                actions.add(() -> failed(mine, e));
            }
        });
    }

    private Output.Job job() {
        return new Output.Job(format, stream, settings.encoding(), false, settings.force(), lastTime);
    }

    private void attach(Recording mine, Output output, Sink sink) {
        mine.handle = sinks.add(output, sink);
        if (mine.ended) {
            remove(mine, mine.handle, "The recording " + mine.file + " ended before it began.");
        } else {
            note.accept("Recording to " + mine.file + ".");
        }
    }

    private void failed(Recording mine, RuntimeException e) {
        current = current == mine ? null : current;
        unfinished.decrementAndGet();
        note.accept(e instanceof Failure sentence ? sentence.sentence() : "The recording failed: " + e + ".");
    }

    private void end() {
        Recording done = current;
        current = null;
        if (done != null) {
            done.ended = true;
            if (done.handle != null) {
                remove(done, done.handle, "Recorded " + done.file + ".");
            }
        }
    }

    private void remove(Recording done, Object handle, String well) {
        sinks.remove(handle, failure -> {
            note.accept(failure == null ? well : "The recording " + done.file + " failed: " + failure.getMessage());
            unfinished.decrementAndGet();
        });
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
        if (current != null && current.handle != null && sinks.broken(current.handle)) {
            end();
        }
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
            Runnable action;
            while ((action = actions.poll()) != null) {
                // a file that was still being opened
                action.run();
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
