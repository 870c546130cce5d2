package dev.handsover.command;

import com.google.gson.JsonObject;
import dev.handsover.Live;
import dev.handsover.Settings;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.capture.pattern.TimeCode;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import dev.handsover.profile.Glass;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Output;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code profile --glass}: reads the codes of {@code pattern:clock} at the far end. */
final class ProfileGlass {
    /** A reader that sees nothing for so long gives up. */
    private static final long PATIENCE_SECONDS = 30;

    private final TimeCode code = new TimeCode();
    private final Glass glass = new Glass();

    /** What was seen, and, where the program itself ran, what its own marks say of the same way. */
    record Seen(Glass glass, @Nullable Latency own) {
        List<String> lines() {
            List<String> lines = new java.util.ArrayList<>(glass.lines());
            if (own != null) {
                lines.add(String.format(
                        Locale.ROOT,
                        "our own marks, camera to output, ms: p50 %.1f, p95 %.1f, p99 %.1f",
                        own.millis(Stage.OUT, 50),
                        own.millis(Stage.OUT, 95),
                        own.millis(Stage.OUT, 99)));
            }
            return lines;
        }

        JsonObject object() {
            JsonObject object = glass.object();
            if (own != null) {
                object.addProperty("ownP50", own.millis(Stage.OUT, 50));
                object.addProperty("ownP95", own.millis(Stage.OUT, 95));
                object.addProperty("ownCount", own.count(Stage.OUT));
            }
            return object;
        }
    }

    /**
     * Reads codes at a place until so many frames came, or the recording ends.
     *
     * @param where as {@code --source} names it
     */
    Seen read(String where, long frames, SourceSpec.Options options) throws InterruptedException {
        SourceSpec plainly = SourceSpec.parse(where);
        boolean clocked = plainly.live() || plainly instanceof SourceSpec.Network;
        SourceSpec spec = clocked ? SourceSpec.parseLive(where) : plainly;
        long last = System.nanoTime();
        try (Source source = spec.open(options)) {
            source.onSound(SoundPacket::close);
            for (long count = 0; count < frames; count++) {
                Frame frame = source.read();
                if (frame == null) {
                    break;
                }
                long came = clocked && frame.capturedNanos() != 0 ? frame.capturedNanos() : System.nanoTime();
                boolean known = see(frame, clocked, came);
                frame.recycle();
                long now = System.nanoTime();
                last = known ? now : last;
                if (now - last > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    break;
                }
            }
        }
        if (glass.seen() == 0) {
            throw Failure.input("No code of pattern:clock can be read at " + where
                    + "; show it there in full, e.g. with live --source pattern:clock --background blur:2.");
        }
        return new Seen(glass, null);
    }

    /**
     * Runs the clock through the program by its pace, the room shown as it is, and reads the pictures that come out.
     *
     * @param settings whose source is a paced {@code pattern:clock}
     */
    Seen here(Settings settings, long frames) throws InterruptedException {
        Latency latency = new Latency();
        Settings through = new Settings(
                settings.source(),
                settings.capture(),
                settings.model(),
                settings.matte(),
                Look.over(new Look.Background.Room()),
                Settings.LayerFiles.NONE,
                null,
                List.of(new Output.Program(picture -> see(picture, true, System.nanoTime()))),
                Output.Encoding.AUTO,
                false,
                settings.tuning());
        new Live(through, new Live.Options(false, false, Duration.ZERO, frames, null), new LiveReport(true), latency)
                .run();
        return new Seen(glass, latency);
    }

    /** False when there is no code; a card has none. */
    private boolean see(Frame frame, boolean clocked, long cameNanos) {
        TimeCode.Reading reading = code.read(frame);
        if (reading == null) {
            glass.blind();
            return false;
        }
        boolean aged = clocked && reading.wall();
        glass.see(reading.number(), aged ? reading.ageMicros(wallMicros(cameNanos)) : -1);
        return true;
    }

    private static long wallMicros(long nanos) {
        Instant now = Instant.now();
        long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1000;
        return micros - TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - nanos);
    }
}
