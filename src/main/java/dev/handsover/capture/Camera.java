package dev.handsover.capture;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mailbox;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import org.jspecify.annotations.Nullable;

/** Owns the thread that reads a source into a mailbox: the only producer. */
public final class Camera implements AutoCloseable {
    private static final long STOP_MILLIS = 2_000;
    private final Source source;
    private final Mailbox mailbox;
    private final Latency latency;
    private final Thread thread;
    private volatile boolean closing;

    private Camera(Source source, Mailbox mailbox, Latency latency) {
        this.source = source;
        this.mailbox = mailbox;
        this.latency = latency;
        this.thread = Thread.ofPlatform().daemon().name("camera").unstarted(this::run);
    }

    /** Starts reading. The mailbox is ended at the source's end, or with what went wrong. */
    public static Camera open(Source source, Mailbox mailbox, Latency latency) {
        Camera camera = new Camera(source, mailbox, latency);
        camera.thread.start();
        return camera;
    }

    private void run() {
        Throwable failure = null;
        try {
            boolean wanted = true;
            while (wanted && !closing) {
                long start = System.nanoTime();
                @Nullable Frame frame = source.read();
                if (frame == null) {
                    break;
                }
                frame.origin(frame.sequence());
                mark(frame.origin(), start, System.nanoTime());
                wanted = mailbox.put(frame);
            }
        } catch (InterruptedException e) {
            // close() asks for the end
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            mailbox.end(failure);
        }
    }

    /** What the source did not spend on waiting and converting was decoding, or painting. */
    private void mark(long frame, long start, long end) {
        ReadTimes times = source.times();
        long waited = Math.min(times.waited(), end - start);
        long converted = Math.min(times.converted(), end - start - waited);
        boolean waitsFirst = times.waitStart() - start < end - times.waitStart() - waited;
        long decoded = end - start - waited - converted;
        // told one after the other, since bars of one thread that overlap cannot be drawn
        long decodeStart = waitsFirst ? start + waited : start;
        long waitStart = waitsFirst ? start : end - waited;
        latency.span(times.painted() ? Stage.PAINT : Stage.DECODE, frame, decodeStart, decodeStart + decoded);
        if (waited > 0) {
            latency.span(Stage.WAIT, frame, waitStart, waitStart + waited);
        }
        if (converted > 0) {
            latency.span(Stage.NORMALISE, frame, decodeStart + decoded, decodeStart + decoded + converted);
        }
    }

    /** Stops reading; a read that cannot be broken off is left to the end of the process. The source is not closed. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
