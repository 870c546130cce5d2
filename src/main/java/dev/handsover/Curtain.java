package dev.handsover;

import dev.handsover.composite.Card;
import dev.handsover.engine.Engine;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.live.Faults;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a camera and everybody who watches: a frame comes out as the picture that its own matte makes, or not at
 * all; then a card on the background takes its place and says why. The run's thread uses it.
 */
final class Curtain {
    /** So long the network may take for one frame before a card takes its place. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Where the virtual machine compiles the path of a frame and the network's threads start: quick after some ten frames. */
    private static final int WARM_FRAMES = 25;

    private static final long WARM_NANOS = TimeUnit.MILLISECONDS.toNanos(600);
    /** So long after a new engine was asked for the next one is. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String SILENT = "The camera sends nothing; waiting for it.";

    private final EngineExchange exchange;
    private final Consumer<RuntimeException> broken;
    private final Faults faults = new Faults();
    private final Card card = new Card();
    private long cards;
    private long askedAt;

    /** @param broken hears of an engine that fails, once, and again after some seconds in which no other took its place */
    Curtain(EngineExchange exchange, Consumer<RuntimeException> broken) {
        this.exchange = exchange;
        this.broken = broken;
    }

    /**
     * Takes gray frames through the whole path and throws their pictures away, a card's too, so that the camera's first frames
     * find it as quick as the later ones. Takes 0.6 s at most; what fails here fails again, and is told, with the first real frame.
     */
    void warmUp(PictureFormat frames) throws InterruptedException {
        Engine engine = exchange.engine();
        long end = System.nanoTime() + WARM_NANOS;
        try (FramePool pool = new FramePool(frames, 1)) {
            Frame blank = engine.blank(0);
            card.draw(blank, SILENT);
            blank.recycle();
            for (int i = 0; i < WARM_FRAMES && System.nanoTime() < end; i++) {
                Frame frame = pool.take();
                // neighbours differ a little, as a camera's do
                frame.fill(96 + 2 * (i % 2), 128, 128, 255);
                engine.begin(frame);
                engine.finish().recycle();
            }
        } catch (RuntimeException e) {
            // it comes again with the first frame of the camera
        }
    }

    /** The frame's picture, held once, or null with the reason as {@link #trouble}. Takes the frame over. */
    @Nullable Frame picture(Frame frame, boolean inverted) throws InterruptedException {
        Engine engine = exchange.engine();
        try {
            if (engine.pending() == 0) {
                engine.begin(frame);
            } else {
                frame.recycle();
            }
            Frame picture = engine.finish(PATIENCE_NANOS);
            if (picture == null) {
                faults.begin("Cutting out the hands takes too long; waiting for it.");
                return null;
            }
            if (faults.trusts(engine.coverage(), inverted)) {
                faults.end();
                return picture;
            }
            picture.recycle();
            faults.begin("Everything looks like a hand; waiting until it does not.");
        } catch (RuntimeException e) {
            boolean first = faults.begin("Cutting out the hands failed; it is started anew.");
            long now = System.nanoTime();
            // one that could not be opened is tried again: what hindered it may have passed
            if (first || now - askedAt > AGAIN_NANOS && !exchange.busy()) {
                askedAt = now;
                broken.accept(e);
            }
        }
        return null;
    }

    /** A card for the frame that gave no picture, held once. */
    Frame card(long timeNanos) throws InterruptedException {
        return draw(String.valueOf(faults.now()), timeNanos);
    }

    /** A card while no frame comes. */
    Frame silence(@Nullable String why, long timeNanos) throws InterruptedException {
        String text = why == null ? SILENT : why;
        faults.begin(text);
        return draw(text, timeNanos);
    }

    private Frame draw(String text, long timeNanos) throws InterruptedException {
        Frame picture;
        try {
            picture = exchange.engine().blank(timeNanos);
        } catch (RuntimeException e) {
            picture = exchange.dark();
        }
        card.draw(picture, text);
        cards++;
        return picture;
    }

    /** Why there are no hands just now, or null. */
    @Nullable String trouble() {
        return faults.now();
    }

    /** What went wrong, and how often. */
    Faults faults() {
        return faults;
    }

    /** Cards drawn so far. */
    long cards() {
        return cards;
    }
}
