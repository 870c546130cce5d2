package dev.handsover;

import dev.handsover.capture.Camera;
import dev.handsover.capture.Microphone;
import dev.handsover.capture.Source;
import dev.handsover.composite.Card;
import dev.handsover.engine.Engine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mailbox;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import dev.handsover.frame.StreamFormat;
import dev.handsover.live.Budget;
import dev.handsover.live.Faults;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Sinks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The live path: the newest frame in, its picture out, for hours; and when there is no frame, no matte or no trust in it, a
 * picture without hands and a card that says why, at the same rate. No pixel of the camera reaches an output but through a matte
 * of its own frame (unless {@link Options#failOpen}).
 *
 * <pre>
 *   Source ──Camera thread──▶ Mailbox, newest wins ──▶ Engine ──▶ outputs, each on its thread, never waited for
 *                                      this thread  └──nothing to trust──▶ background and card ──▶ the same
 * </pre>
 */
public final class Live {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A camera may hesitate so long before a card takes its place. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Rational TICKS = new Rational(1, 90_000);

    private final Settings own;
    private final Options options;
    private final Viewer viewer;
    private final Latency latency = new Latency();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Runnable> actions = new ConcurrentLinkedQueue<>();
    private final Card card = new Card();
    private final Faults faults = new Faults();
    private volatile Settings wish;

    private long begun;
    private long pictures;
    private long cards;
    private long skipped;
    private long seen;
    private long lastPicture;
    private long lastTime = -1;
    private long told;

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

    /** Who looks at a live run: a window, a terminal, nobody. Called on the run's thread. */
    public interface Viewer {
        /** Takes a picture over; must not wait. */
        void show(Frame picture);

        /** Whether somebody looks: else the run ends when every output has failed. */
        boolean watched();

        /** True while the camera's own picture shall be shown here, and nowhere else. */
        boolean raw();

        void opened(StreamFormat stream, String tier, String outputs);

        /** A few times a second. */
        void status(Status status);

        /** One line that a person should read. Any thread. */
        void note(String line);

        /** Nothing more comes: every picture is to be given back. */
        void ended();
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
            boolean recording) {}

    /**
     * What a run did.
     *
     * @param pictures all that went out, cards included
     * @param lost frames by what became of them
     * @param steps of the budget, how often each was taken
     * @param faults what went wrong and passed, how often each
     */
    public record Summary(
            long pictures,
            long cards,
            Duration wall,
            Map<String, Long> lost,
            Map<String, Integer> steps,
            Map<String, Integer> faults,
            String tier,
            List<String> outputs,
            List<String> notes,
            Latency latency) {}

    public Live(Settings settings, Options options, Viewer viewer) {
        this.own = settings;
        this.wish = settings;
        this.options = options;
        this.viewer = viewer;
    }

    /** Asks the run to end; the outputs are finished. Any thread. */
    public void stop() {
        stop.set(true);
    }

    /** Changes look, matte or network while it runs; a change that does not work is told and left out. Any thread. */
    public synchronized void change(UnaryOperator<Settings> change) {
        try {
            wish = change.apply(wish);
            actions.add(this::askForEngine);
        } catch (Failure e) {
            actions.add(() -> viewer.note(e.sentence()));
        }
    }

    /** What the user wants just now. */
    public Settings settings() {
        return wish;
    }

    /** Begins to record into a new file, or ends the recording under way. Any thread. */
    public void record(Path file) {
        actions.add(() -> open().recorder.toggle(file));
    }

    /** Writes the next picture into a file. Any thread. */
    public void snapshot(Path file) {
        actions.add(() -> open().recorder.snapshot(file));
    }

    /** What is open during a run. */
    private record Open(
            Source source, Mailbox mailbox, EngineExchange exchange, Sinks sinks, Recorder recorder, Steps steps) {}

    private @Nullable Open open;
    private @Nullable Budget budget;
    private int step;

    private Open open() {
        Open now = open;
        if (now == null) {
            throw new IllegalStateException("not running");
        }
        return now;
    }

    /** Runs until stopped, or to the source's end. Throws a {@code Failure} when it cannot begin. */
    public Summary run() throws InterruptedException {
        begun = System.nanoTime();
        try (Source source = own.source().open(own.capture());
                Mailbox mailbox = Mailbox.live();
                EngineExchange exchange =
                        new EngineExchange(own, source.format().picture(), latency);
                Microphone microphone = options.microphone() == null ? null : Microphone.open(options.microphone());
                Sinks sinks = Sinks.open(
                        own.outputs(),
                        exchange.engine().canvas(),
                        stream(source, exchange.engine(), microphone),
                        own.encoding(),
                        false,
                        own.force(),
                        latency)) {
            source.onSound(SoundPacket::close);
            StreamFormat stream = stream(source, exchange.engine(), microphone);
            Recorder recorder = new Recorder(own, stream, sinks, actions, viewer::note);
            open = new Open(source, mailbox, exchange, sinks, recorder, Steps.of(own));
            long interval = Math.round(1e9 / stream.frameRate().value());
            budget = options.budget() ? new Budget(open().steps().all().size(), interval) : null;
            try (Camera _ = Camera.open(source, mailbox, latency)) {
                viewer.opened(stream, exchange.engine().tier(), sinks.describe());
                begun = System.nanoTime();
                lastPicture = begun;
                Sound sound = Sound.from(microphone, begun);
                while (!over()) {
                    turn(interval);
                    sound.drainTo(sinks);
                }
            }
            viewer.ended();
            recorder.finish();
            sinks.finish();
            throwUnlessEnded(mailbox);
            return summary();
        }
    }

    private static StreamFormat stream(Source source, Engine engine, @Nullable Microphone microphone) {
        StreamFormat of = source.format();
        List<SoundTrack> sound = microphone == null ? List.of() : List.of(microphone.track());
        return new StreamFormat(engine.canvas(), TICKS, of.frameRate(), -1, -1, true, false, sound, of.metadata());
    }

    private boolean over() {
        boolean late = !options.runFor().isZero()
                && System.nanoTime() - begun > options.runFor().toNanos();
        boolean enough = options.pictures() > 0 && pictures >= options.pictures();
        boolean unseen = !viewer.watched() && open().sinks().failed();
        return stop.get() || late || enough || unseen || open().mailbox().ended();
    }

    private void turn(long interval) throws InterruptedException {
        Open o = open();
        Runnable action;
        while ((action = actions.poll()) != null) {
            action.run();
        }
        if (o.exchange().engine().pending() == 0 && o.exchange().exchange()) {
            viewer.note(o.exchange().engine().tier());
        }
        String refusal = o.exchange().refusal();
        if (refusal != null) {
            viewer.note(refusal);
        }
        Frame frame = o.mailbox().take(POLL_NANOS);
        long now = System.nanoTime();
        if (frame != null) {
            if (++seen % o.steps().pictureEvery(step) == 0) {
                take(frame);
            } else {
                skipped++;
                frame.recycle();
            }
        } else if (now - lastPicture > Math.max(GRACE_NANOS, interval)
                || faults.now() != null && now - lastPicture > interval) {
            String why = o.source().trouble();
            publish(card(why == null ? "The camera sends nothing; waiting for it." : why), now);
        }
        tell(now);
    }

    private void take(Frame frame) throws InterruptedException {
        long captured = frame.capturedNanos() == 0 ? System.nanoTime() : frame.capturedNanos();
        latency.mark(Stage.AGE, captured);
        boolean raw = viewer.raw();
        Frame kept = raw || options.failOpen() ? frame.retain() : null;
        try {
            Frame picture = trusted(frame);
            if (picture == null) {
                picture = kept != null && options.failOpen() ? kept.retain() : card(String.valueOf(faults.now()));
            } else {
                latency.mark(Stage.TOTAL, captured);
                weigh(System.nanoTime() - captured);
            }
            if (raw && kept != null) {
                viewer.show(kept.retain());
            }
            publish(picture, captured);
        } finally {
            if (kept != null) {
                kept.recycle();
            }
        }
    }

    /** The frame's picture, or null with the reason among the faults. */
    private @Nullable Frame trusted(Frame frame) throws InterruptedException {
        Engine engine = open().exchange().engine();
        try {
            if (engine.pending() == 0) {
                engine.begin(frame);
            } else {
                frame.recycle();
            }
            Frame picture = engine.finish(PATIENCE_NANOS);
            if (picture == null) {
                faults.begin("The network does not answer; waiting for it.");
                return null;
            }
            if (faults.trusts(engine.coverage(), wish.matte().invert())) {
                faults.end();
                return picture;
            }
            picture.recycle();
            faults.begin("Everything looks like a hand; waiting until it does not.");
        } catch (RuntimeException e) {
            if (faults.begin("The engine failed; a new one is being opened.")) {
                viewer.note("The engine failed: " + e);
                askForEngine();
            }
        }
        return null;
    }

    private void weigh(long age) {
        Budget weighed = budget;
        if (weighed == null) {
            return;
        }
        int to = weighed.observe(System.nanoTime(), age, open().mailbox().replaced());
        if (to != step) {
            step = to;
            faults.stepped(open().steps().name(step));
            viewer.note("To keep up: " + open().steps().name(step) + ".");
            askForEngine();
        }
    }

    private void askForEngine() {
        Open o = open();
        boolean fixed = !own.outputs().isEmpty() || o.recorder().running();
        if (fixed && wish.look().transparent() != o.exchange().settings().look().transparent()) {
            viewer.note("Transparency cannot change while pictures go to a file or a device.");
            return;
        }
        o.exchange().want(o.steps().at(step, wish));
    }

    private Frame card(String text) throws InterruptedException {
        faults.begin(text);
        long time = System.nanoTime() - begun;
        Frame picture;
        try {
            picture = open().exchange().engine().blank(time);
        } catch (RuntimeException e) {
            picture = open().exchange().dark();
        }
        card.draw(picture, text);
        cards++;
        return picture;
    }

    /** Takes the picture over. */
    private void publish(Frame picture, long moment) throws InterruptedException {
        long time = Math.max(moment - begun, lastTime + 1_000_000);
        picture.stamp(pictures++, time, 0);
        lastTime = time;
        lastPicture = System.nanoTime();
        open().recorder().see(picture);
        if (!viewer.raw()) {
            viewer.show(picture.retain());
        }
        open().sinks().offer(picture);
        Throwable failed = open().sinks().newFailure();
        if (failed != null) {
            viewer.note(failed instanceof Failure sentence ? sentence.sentence() : "An output failed: " + failed);
        }
    }

    private void tell(long now) {
        if (now - told < TELL_NANOS) {
            return;
        }
        told = now;
        Engine engine = open().exchange().engine();
        viewer.status(new Status(
                Duration.ofNanos(now - begun),
                pictures,
                latency.millis(Stage.TOTAL, 50),
                latency.millis(Stage.TOTAL, 95),
                engine.coverage(),
                engine.tier() + (options.failOpen() ? ", FAIL OPEN" : ""),
                open().steps().name(step),
                faults.now(),
                stages(),
                lost(),
                open().recorder().running()));
    }

    private Map<String, String> stages() {
        Map<String, String> stages = new LinkedHashMap<>();
        for (Stage each : List.of(Stage.AGE, Stage.SEGMENT, Stage.MATTE, Stage.COMPOSITE, Stage.ENCODE)) {
            if (latency.count(each) > 0) {
                stages.put(
                        each.label(),
                        String.format(
                                Locale.ROOT,
                                "%.1f ms, 95 %%: %.1f",
                                latency.millis(each, 50),
                                latency.millis(each, 95)));
            }
        }
        return stages;
    }

    private Map<String, Long> lost() {
        Map<String, Long> lost = new LinkedHashMap<>();
        lost.put("replaced by newer ones", open().mailbox().replaced());
        lost.put("damaged or dropped by the camera", open().source().lost());
        lost.put("left out to keep up", skipped);
        lost.put("too fast for an output", open().sinks().dropped());
        return lost;
    }

    private Summary summary() {
        return new Summary(
                pictures,
                cards,
                Duration.ofNanos(System.nanoTime() - begun),
                lost(),
                faults.steps(),
                faults.counts(),
                open().exchange().engine().tier(),
                open().sinks().names(),
                open().source().report(),
                latency);
    }

    private void throwUnlessEnded(Mailbox mailbox) {
        switch (mailbox.failure()) {
            case null -> {}
            case Failure sentence -> throw sentence;
            case Throwable other -> throw new IllegalStateException("the source failed", other);
        }
    }
}
