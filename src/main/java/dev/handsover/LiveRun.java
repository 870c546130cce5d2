package dev.handsover;

import dev.handsover.capture.Camera;
import dev.handsover.capture.Microphone;
import dev.handsover.capture.Source;
import dev.handsover.engine.Engine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mailbox;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Output;
import dev.handsover.sink.Sinks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live path, from its first open to its last close, on the run's thread; in one file, so that it can be read as one page.
 *
 * <pre>
 *   Source ──Camera thread──▶ Mailbox, newest wins ──▶ Curtain (Engine inside) ──▶ outputs, each on its thread, never waited for
 *                                      this thread  └──nothing to trust──▶ background and card ──▶ the same
 * </pre>
 */
final class LiveRun {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A camera may hesitate so long before a card takes its place. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Rational TICKS = new Rational(1, 90_000);

    private final Live live;
    private final Live.Viewer viewer;
    private final Live.Options options;
    private final Latency latency;
    private final Settings own;
    private final Open open;
    private final Curtain curtain;
    private final Pace pace;
    private final Recorder recorder;
    private final ConcurrentLinkedQueue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final StreamFormat stream;
    private final long interval;
    private long begun;
    private Duration cpuBefore = Duration.ZERO;
    private long pictures;
    private long lastPicture;
    private long lastTime = -1;
    private long told;

    /** The stages of a run. */
    private record Open(
            Source source,
            Mailbox mailbox,
            EngineExchange exchange,
            @Nullable Microphone microphone,
            Sinks sinks) {}

    private LiveRun(Live live, Settings own, Open open) {
        this.live = live;
        this.own = own;
        this.open = open;
        this.viewer = live.viewer();
        this.options = live.options();
        this.latency = live.latency();
        this.stream = stream(open.source, open.exchange.engine(), open.microphone);
        this.interval = Math.round(1e9 / stream.frameRate().value());
        this.curtain = new Curtain(open.exchange, why -> {
            viewer.note("Cutting out the hands failed (" + why.getMessage() + "); it is started anew.");
            askForEngine();
        });
        this.pace = new Pace(own, options.budget(), interval);
        this.recorder = new Recorder(own, stream, open.sinks, ready, viewer::note);
    }

    /** Opens the stages, runs, and closes them in reverse; throws a {@code Failure} when one cannot be opened. */
    static Live.Summary run(Live live, Settings own) throws InterruptedException {
        String heard = live.options().microphone();
        try (Source source = own.source().open(own.capture());
                Mailbox mailbox = Mailbox.live();
                EngineExchange exchange = new EngineExchange(
                        own, source.format().picture(), live.viewer().share(), live.latency());
                Microphone microphone = heard == null ? null : Microphone.open(heard);
                Sinks sinks = Sinks.open(
                        own.outputs(),
                        new Output.Job(
                                exchange.engine().canvas(),
                                stream(source, exchange.engine(), microphone),
                                own.encoding(),
                                false,
                                own.force(),
                                0),
                        live.latency(),
                        live::stopped)) {
            return new LiveRun(live, own, new Open(source, mailbox, exchange, microphone, sinks)).loop();
        }
    }

    private static StreamFormat stream(Source source, Engine engine, @Nullable Microphone microphone) {
        StreamFormat of = source.format();
        List<SoundTrack> sound = microphone == null ? List.of() : List.of(microphone.track());
        return new StreamFormat(engine.canvas(), TICKS, of.frameRate(), -1, -1, true, false, sound, of.metadata());
    }

    private Live.Summary loop() throws InterruptedException {
        open.source.onSound(SoundPacket::close);
        viewer.opened(stream, open.exchange.engine().tier(), open.sinks.describe());
        latency.on(false);
        curtain.warmUp(open.source.format().picture());
        latency.on(true);
        begun = System.nanoTime();
        cpuBefore = cpu();
        lastPicture = begun;
        try (Camera _ = Camera.open(open.source, open.mailbox, latency)) {
            Sound sound = Sound.from(open.microphone, begun);
            while (!over()) {
                turn();
                sound.offerTo(open.sinks);
            }
        }
        viewer.ended();
        recorder.finish();
        try {
            open.sinks.finish();
            throwUnlessEnded();
        } finally {
            live.ended(summary());
        }
        return summary();
    }

    private boolean over() {
        boolean late = !options.runFor().isZero()
                && System.nanoTime() - begun > options.runFor().toNanos();
        boolean enough = options.pictures() > 0 && pictures >= options.pictures();
        boolean unseen = !viewer.watched() && open.sinks.failed();
        return live.stopped() || late || enough || unseen || open.mailbox.ended();
    }

    private void turn() throws InterruptedException {
        meetRequests();
        Frame frame = open.mailbox.take(POLL_NANOS);
        long now = System.nanoTime();
        if (frame != null) {
            if (pace.wantsFrame()) {
                take(frame);
            } else {
                frame.recycle();
            }
        } else if (now - lastPicture > Math.max(GRACE_NANOS, interval)
                || curtain.trouble() != null && now - lastPicture > interval) {
            publish(curtain.silence(open.source.trouble(), now - begun), now);
        }
        tell(now);
    }

    private void meetRequests() {
        Consumer<LiveRun> request;
        while ((request = live.nextRequest()) != null) {
            request.accept(this);
        }
        Runnable finished;
        while ((finished = ready.poll()) != null) {
            finished.run();
        }
        EngineExchange exchange = open.exchange;
        if (exchange.engine().pending() == 0) {
            exchange.exchange();
        }
        String news = exchange.news();
        if (news != null) {
            viewer.note(news);
        }
    }

    private void take(Frame frame) throws InterruptedException {
        long captured = frame.capturedNanos() == 0 ? System.nanoTime() : frame.capturedNanos();
        long origin = frame.origin();
        latency.mark(Stage.MAILBOX, origin, frame.queuedNanos());
        latency.mark(Stage.AGE, origin, captured);
        boolean raw = viewer.raw();
        Frame kept = raw || options.failOpen() ? frame.retain() : null;
        open.exchange.engine().pixels(pixelsWanted());
        try {
            Frame picture = curtain.picture(frame, live.settings().matte().invert());
            // a frame without a picture counts too: a network that never answers in time is one to step down from
            weigh(System.nanoTime() - captured);
            if (picture != null) {
                // one that came late is of an earlier frame
                captured = picture.capturedNanos() == 0 ? captured : picture.capturedNanos();
                latency.mark(Stage.TOTAL, origin, captured);
            } else {
                picture = kept != null && options.failOpen() ? kept.retain() : curtain.card(captured - begun);
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

    /** A window that draws from the device needs no pixels in memory; everybody else does. */
    private boolean pixelsWanted() {
        return viewer.share() == null || !open.sinks.none() || recorder.waits();
    }

    private void weigh(long ageNanos) {
        if (pace.observe(ageNanos, open.mailbox.replaced())) {
            viewer.note(pace.sentence());
            askForEngine();
        }
    }

    /** Asks for an engine of what the user wishes now, as far as can be afforded. */
    void askForEngine() {
        Settings wish = live.settings();
        boolean fixed = !own.outputs().isEmpty() || recorder.running();
        if (fixed
                && wish.look().transparent() != open.exchange.settings().look().transparent()) {
            viewer.note("Transparency cannot change while pictures go to a file or a device.");
            return;
        }
        open.exchange.want(pace.affordable(wish));
    }

    Recorder recorder() {
        return recorder;
    }

    /** Takes the picture over. */
    private void publish(Frame picture, long moment) throws InterruptedException {
        long time = Math.max(moment - begun, lastTime + 1_000_000);
        picture.stamp(pictures++, time, 0);
        lastTime = time;
        lastPicture = System.nanoTime();
        recorder.see(picture);
        if (!viewer.raw()) {
            viewer.show(picture.retain());
        }
        open.sinks.offer(picture);
        Throwable failed = open.sinks.newFailure();
        if (failed != null) {
            viewer.note(failed instanceof Failure sentence ? sentence.sentence() : "An output failed: " + failed);
        }
    }

    private void tell(long now) {
        if (now - told < TELL_NANOS) {
            return;
        }
        told = now;
        Engine engine = open.exchange.engine();
        viewer.status(new Live.Status(
                Duration.ofNanos(now - begun),
                pictures,
                latency.millis(Stage.TOTAL, 50),
                latency.millis(Stage.TOTAL, 95),
                engine.coverage(),
                engine.tier() + (options.failOpen() ? ", FAIL OPEN" : ""),
                pace.name(),
                curtain.trouble(),
                Live.Status.stages(latency),
                lost(),
                recorder.running()));
    }

    private Map<String, Long> lost() {
        Map<String, Long> lost = new LinkedHashMap<>();
        lost.put("replaced by newer ones", open.mailbox.replaced());
        lost.put("damaged or dropped by the camera", open.source.lost());
        lost.put("left out to keep up", pace.skipped());
        lost.put("too fast for an output", open.sinks.dropped());
        return lost;
    }

    private Live.Summary summary() {
        return new Live.Summary(
                pictures,
                curtain.cards(),
                Duration.ofNanos(System.nanoTime() - begun),
                cpu().minus(cpuBefore),
                lost(),
                pace.taken(),
                curtain.faults().counts(),
                open.exchange.engine().tier(),
                open.exchange.tiers(),
                open.sinks.names(),
                notes(),
                latency);
    }

    /** Of all threads of the process. */
    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(open.source.report());
        notes.addAll(open.sinks.notes());
        return notes;
    }

    private void throwUnlessEnded() {
        switch (open.mailbox.failure()) {
            case null -> {}
            case Failure sentence -> throw sentence;
            case Throwable other -> throw new IllegalStateException("the source failed", other);
        }
    }
}
