package dev.handsover.command;

import dev.handsover.Live;
import dev.handsover.Settings;
import dev.handsover.composite.Hud;
import dev.handsover.composite.Key;
import dev.handsover.composite.Look;
import dev.handsover.composite.Window;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
import dev.handsover.matte.MatteSettings;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The window of a live run: shows what the run gives, says how it goes, and turns keys into changes. Keys come on the window's
 * thread, what the run tells on the run's.
 */
final class LiveDesk implements Live.Viewer, Window.Events {
    private static final Look.Background GREEN = new Look.Background.Color(0x00B140);
    private static final Look.Placement.Corners WHOLE = new Look.Placement.Corners(0, 0, 1, 0, 1, 1, 0, 1);
    private static final float THRESHOLD_STEP = 0.05f;
    private static final float FEATHER_STEP = 1;
    private static final long MESSAGE_NANOS = 6_000_000_000L;

    private final Live.Viewer terminal;
    private final List<Backgrounds> backgrounds;
    private final boolean allowRaw;
    private final boolean transparency;
    private volatile @Nullable Window window;
    private volatile @Nullable Live live;
    private volatile boolean ended;
    private volatile boolean raw;
    private boolean figures;
    private boolean help;
    private int background;
    private Look.Placement.@Nullable Corners corners;
    private volatile float budgetMillis = 1000f / 30;
    private volatile Live.@Nullable Status status;
    private volatile String message = "";
    private volatile long messageAt;
    private volatile String camera = "";

    /**
     * @param terminal hears everything too
     * @param backgrounds that the B key goes through, the first being the one at the start
     * @param allowRaw the O key shows the camera's picture
     * @param transparency the T key may make the window's pictures transparent; else they become green
     */
    LiveDesk(Live.Viewer terminal, List<Backgrounds> backgrounds, boolean allowRaw, boolean transparency) {
        this.terminal = terminal;
        this.backgrounds = List.copyOf(backgrounds);
        this.allowRaw = allowRaw;
        this.transparency = transparency;
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
            opened.run(() -> ended);
            run.stop();
            opened.forget();
            thread.join();
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
                figures && now != null
                        ? lines(now, shown)
                        : now != null && now.tier().contains("FAIL OPEN") ? List.of("FAIL OPEN\t") : List.of(),
                help ? Hud.keys(allowRaw) : List.of(),
                sentence,
                budgetMillis,
                corners));
    }

    private List<String> lines(Live.Status now, Window shown) {
        List<String> lines = new ArrayList<>();
        lines.add("camera\t" + camera);
        lines.add(String.format(
                Locale.ROOT,
                "pictures\t%d, %.1f a second",
                now.pictures(),
                now.pictures() * 1e9 / now.time().toNanos()));
        lines.add("lost\t" + lost(now.lost(), shown.replaced()));
        lines.add(String.format(
                Locale.ROOT, "camera to picture\t%.1f ms, 95 %%: %.1f", now.ageP50Millis(), now.ageP95Millis()));
        now.stages().forEach((name, text) -> lines.add(name + "\t" + text));
        lines.add(String.format(Locale.ROOT, "hands\t%.0f %% of the picture", 100 * now.coverage()));
        lines.add("tier\t" + now.tier());
        Live run = live;
        lines.add("model\t" + (run == null ? "" : run.settings().model().name()));
        lines.add("budget\t" + now.step());
        if (now.recording()) {
            lines.add("recording\tR ends it");
        }
        return lines;
    }

    private static String lost(Map<String, Long> lost, long unseen) {
        StringBuilder text = new StringBuilder();
        lost.forEach((cause, count) -> {
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(cause);
            }
        });
        if (unseen > 0) {
            text.append(text.isEmpty() ? "" : ", ").append(unseen).append(" not shown");
        }
        return text.isEmpty() ? "none" : text.toString();
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
            case B -> next();
            case V -> look(s -> behind(s, toggled(s, new Look.Background.Blur(25))));
            case T -> look(s -> behind(s, toggled(s, transparency ? new Look.Background.Transparent() : GREEN)));
            case M ->
                look(s -> with(
                        s,
                        l -> new Look(
                                l.background(),
                                l.placement(),
                                l.mirror(),
                                l.spill(),
                                l.lightWrap(),
                                l.linear(),
                                !l.onlyMask(),
                                false)));
            case I ->
                look(s -> with(
                        s,
                        l -> new Look(
                                l.background(),
                                l.placement(),
                                !l.mirror(),
                                l.spill(),
                                l.lightWrap(),
                                l.linear(),
                                l.onlyMask(),
                                false)));
            case LEFT_BRACKET -> matte(-THRESHOLD_STEP, 0);
            case RIGHT_BRACKET -> matte(THRESHOLD_STEP, 0);
            case MINUS -> matte(0, -FEATHER_STEP);
            case EQUAL -> matte(0, FEATHER_STEP);
            case P -> perspective();
            case S -> file("png", true);
            case R -> file("mkv", false);
            case L -> figures = !figures;
            case H -> help = !help;
            case Q -> stop();
            default -> {}
        }
        refresh();
    }

    private void stop() {
        Live run = live;
        if (run != null) {
            run.stop();
        }
    }

    private void look(UnaryOperator<Settings> change) {
        Live run = live;
        if (run != null) {
            run.change(change);
        }
    }

    private static Settings with(Settings s, UnaryOperator<Look> change) {
        return s.with(s.matte(), change.apply(s.look()), s.layers());
    }

    private static Settings behind(Settings s, Backgrounds wanted) {
        Look l = s.look();
        Settings.LayerFiles f = s.layers();
        return s.with(
                s.matte(),
                new Look(
                        wanted.kind(),
                        l.placement(),
                        l.mirror(),
                        l.spill(),
                        l.lightWrap(),
                        l.linear(),
                        l.onlyMask(),
                        l.colors()),
                new Settings.LayerFiles(wanted.file().orElse(null), f.fit(), f.slideEvery(), f.under(), f.over()));
    }

    /** The special background, or the chosen one when the special one is there already. */
    private Backgrounds toggled(Settings s, Look.Background special) {
        return s.look().background().equals(special) ? backgrounds.get(background) : Backgrounds.plain(special);
    }

    private void next() {
        background = (background + 1) % backgrounds.size();
        look(s -> behind(s, backgrounds.get(background)));
        note("Background " + (background + 1) + " of " + backgrounds.size() + ".");
    }

    private void matte(float threshold, float feather) {
        look(s -> {
            MatteSettings m = s.matte();
            MatteSettings wanted = new MatteSettings(
                    Math.clamp(m.threshold() + threshold, 0.05f, 0.95f),
                    Math.clamp(m.feather() + feather, 0, 50),
                    m.grow(),
                    m.smooth(),
                    m.invert(),
                    m.opacity(),
                    m.minArea(),
                    m.fillHoles());
            return s.with(wanted, s.look(), s.layers());
        });
        Live run = live;
        if (run != null) {
            MatteSettings m = run.settings().matte();
            note(String.format(Locale.ROOT, "Threshold %.2f, feather %.0f.", m.threshold(), m.feather()));
        }
    }

    /** Begins to set corners over the camera's whole view, or takes those that were set. */
    private void perspective() {
        Look.Placement.Corners set = corners;
        if (set == null) {
            corners = WHOLE;
            look(s -> placed(s, new Look.Placement.Whole()));
            note("Drag the corners to those of the desk, then press P again.");
        } else {
            corners = null;
            look(s -> placed(s, set.equals(WHOLE) ? new Look.Placement.Whole() : set));
        }
    }

    private static Settings placed(Settings s, Look.Placement placement) {
        return with(
                s,
                l -> new Look(
                        l.background(),
                        placement,
                        l.mirror(),
                        l.spill(),
                        l.lightWrap(),
                        l.linear(),
                        l.onlyMask(),
                        l.colors()));
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
        look(s -> behind(s, Backgrounds.parse(file.toString())));
        note("Background " + file.getFileName() + ".");
    }

    @Override
    public void corners(Look.Placement.Corners moved) {
        corners = moved;
    }

    @Override
    public void closed() {
        stop();
    }
}
