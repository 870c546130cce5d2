package dev.handsover.command;

import dev.handsover.Live;
import dev.handsover.composite.Hud;
import dev.handsover.composite.Key;
import dev.handsover.composite.Look;
import dev.handsover.composite.Window;
import dev.handsover.composite.WindowShare;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The window of a live run: shows what the run gives, says how it goes, and turns keys into changes. Keys come on the window's
 * thread, what the run tells on the run's.
 */
final class LiveDesk implements Live.Viewer, Window.Events {
    private static final long MESSAGE_NANOS = 6_000_000_000L;

    private final Live.Viewer terminal;
    private final LiveKeys keys;
    private final boolean allowRaw;
    private volatile @Nullable Window window;
    private volatile @Nullable Live live;
    private volatile boolean ended;
    private volatile boolean raw;
    private boolean figures;
    private boolean help;
    private volatile float budgetMillis = 1000f / 30;
    private volatile Live.@Nullable Status status;
    private volatile String message = "";
    private volatile long messageAt;
    private volatile String camera = "";

    /**
     * @param terminal hears everything too
     * @param keys what they do to the settings
     * @param allowRaw the O key shows the camera's picture
     */
    LiveDesk(Live.Viewer terminal, LiveKeys keys, boolean allowRaw) {
        this.terminal = terminal;
        this.keys = keys;
        this.allowRaw = allowRaw;
    }

    /** Opens the window on this thread, runs the live run on another, and returns when both have ended. */
    Live.Summary run(Live run, Window.Options options) throws InterruptedException {
        live = run;
        try (Window opened = Window.open(options, this)) {
            window = opened;
            Throwable[] failure = new Throwable[1];
            Live.Summary[] summary = new Live.Summary[1];
            Thread thread = Thread.ofPlatform().name("live").start(() -> {
                try {
                    summary[0] = run.run();
                } catch (InterruptedException | RuntimeException | Error e) {
                    failure[0] = e;
                } finally {
                    ended = true;
                    opened.forget();
                }
            });
            try {
                opened.run(() -> ended);
            } finally {
                run.stop();
                opened.forget();
                // engines share the window's objects: they close before it does
                thread.join();
            }
            switch (failure[0]) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new InterruptedException();
            }
            return summary[0];
        }
    }

    @Override
    public void show(Frame picture) {
        Window shown = window;
        if (shown == null || ended) {
            picture.recycle();
        } else {
            shown.show(picture);
        }
    }

    @Override
    public @Nullable WindowShare share() {
        Window shown = window;
        return shown == null ? null : shown.share();
    }

    @Override
    public boolean watched() {
        return true;
    }

    @Override
    public boolean raw() {
        return raw;
    }

    @Override
    public void opened(StreamFormat stream, String tier, String outputs) {
        budgetMillis = (float) (1000 / stream.frameRate().value());
        camera = String.format(
                Locale.ROOT,
                "%d×%d, %.4g fps",
                stream.picture().width(),
                stream.picture().height(),
                stream.frameRate().value());
        terminal.opened(stream, tier, outputs);
        note("H shows the keys.");
    }

    @Override
    public void status(Live.Status now) {
        status = now;
        terminal.status(now);
        refresh();
    }

    @Override
    public void note(String line) {
        message = line;
        messageAt = System.nanoTime();
        terminal.note(line);
        refresh();
    }

    @Override
    public void ended() {
        ended = true;
        Window shown = window;
        if (shown != null) {
            shown.forget();
        }
        terminal.ended();
    }

    private synchronized void refresh() {
        Window shown = window;
        if (shown == null) {
            return;
        }
        Live.Status now = status;
        String sentence = System.nanoTime() - messageAt < MESSAGE_NANOS ? message : "";
        if (now != null && now.trouble() != null && sentence.isEmpty()) {
            sentence = now.trouble();
        }
        shown.hud(new Hud(
                lines(now, shown), help ? Hud.keys(allowRaw) : List.of(), sentence, budgetMillis, keys.corners()));
    }

    private List<String> lines(Live.@Nullable Status now, Window shown) {
        Live run = live;
        if (now == null || run == null) {
            return List.of();
        }
        if (figures) {
            return LiveFigures.lines(now, camera, run.settings().model().name(), shown.replaced());
        }
        return now.tier().contains("FAIL OPEN") ? List.of("FAIL OPEN\t") : List.of();
    }

    @Override
    public void shown(long origin, long taken, long now) {
        Live run = live;
        if (run != null) {
            run.shown(origin, taken, now);
        }
    }

    @Override
    public void key(Key key, boolean down, boolean shift, boolean control) {
        if (key == Key.O) {
            raw = down && allowRaw;
            return;
        }
        if (!down) {
            return;
        }
        switch (key) {
            case S -> file("png", true);
            case R -> file("mkv", false);
            case L -> figures = !figures;
            case H -> help = !help;
            case Q -> stop();
            default -> take(keys.change(key));
        }
        refresh();
    }

    private void stop() {
        Live run = live;
        if (run != null) {
            run.stop();
        }
    }

    private void take(LiveKeys.@Nullable Change change) {
        Live run = live;
        if (run == null || change == null) {
            return;
        }
        run.change(change.settings());
        String said = change.said().apply(run.settings());
        if (!said.isEmpty()) {
            note(said);
        }
    }

    private void file(String ending, boolean picture) {
        Live run = live;
        if (run == null) {
            return;
        }
        String moment =
                LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        Path file = Path.of("handsover-" + moment + "." + ending);
        if (picture) {
            run.snapshot(file);
        } else {
            run.record(file);
        }
    }

    @Override
    public void dropped(List<Path> files) {
        Path file = files.getFirst();
        take(LiveKeys.behind(Backgrounds.parse(file.toString())));
        note("Background " + file.getFileName() + ".");
    }

    @Override
    public void corners(Look.Placement.Corners moved) {
        keys.corners(moved);
    }

    @Override
    public void closed() {
        stop();
    }
}
