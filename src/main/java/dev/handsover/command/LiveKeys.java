package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.composite.Key;
import dev.handsover.composite.Look;
import dev.handsover.matte.MatteSettings;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the keys of a live run's window do to its settings. Knows no window and no run; the window's thread uses it. */
final class LiveKeys {
    private static final Look.Background GREEN = new Look.Background.Color(0x00B140);
    private static final Look.Background BLUR = new Look.Background.Blur(25);
    private static final Look.Placement.Corners EVERYTHING = new Look.Placement.Corners(0, 0, 1, 0, 1, 1, 0, 1);
    private static final float THRESHOLD_STEP = 0.05f;
    private static final float FEATHER_STEP = 1;

    private final List<Backgrounds> backgrounds;
    private final boolean transparency;
    private int background;
    private volatile Look.Placement.@Nullable Corners corners;

    /**
     * What a key asks for.
     *
     * @param settings what becomes of them
     * @param said to the user, of the settings after it; may be empty
     */
    record Change(UnaryOperator<Settings> settings, Function<Settings, String> said) {
        static Change of(UnaryOperator<Settings> settings) {
            return new Change(settings, _ -> "");
        }
    }

    /**
     * @param backgrounds that the B key goes through, the first being the one at the start
     * @param transparency the T key may make pictures transparent; else they become green
     */
    LiveKeys(List<Backgrounds> backgrounds, boolean transparency) {
        this.backgrounds = List.copyOf(backgrounds);
        this.transparency = transparency;
    }

    /** What this key asks for, or null when it changes no setting. */
    @Nullable Change change(Key key) {
        return switch (key) {
            case B -> next();
            case V -> Change.of(s -> behind(s, toggled(s, BLUR)));
            case T -> Change.of(s -> behind(s, toggled(s, transparency ? new Look.Background.Transparent() : GREEN)));
            case M ->
                Change.of(s -> look(
                        s, s.look().placement(), s.look().mirror(), !s.look().onlyMask()));
            case I ->
                Change.of(s -> look(
                        s, s.look().placement(), !s.look().mirror(), s.look().onlyMask()));
            case LEFT_BRACKET -> matte(-THRESHOLD_STEP, 0);
            case RIGHT_BRACKET -> matte(THRESHOLD_STEP, 0);
            case MINUS -> matte(0, -FEATHER_STEP);
            case EQUAL -> matte(0, FEATHER_STEP);
            case P -> perspective();
            default -> null;
        };
    }

    /** A picture or video becomes what stands behind. */
    static Change behind(Backgrounds wanted) {
        return Change.of(s -> behind(s, wanted));
    }

    /** The corners that are being dragged, or null while none are. Any thread. */
    Look.Placement.@Nullable Corners corners() {
        return corners;
    }

    /** The mouse has moved them. */
    void corners(Look.Placement.Corners moved) {
        corners = moved;
    }

    private Change next() {
        background = (background + 1) % backgrounds.size();
        Backgrounds wanted = backgrounds.get(background);
        String said = "Background " + (background + 1) + " of " + backgrounds.size() + ".";
        return new Change(s -> behind(s, wanted), _ -> said);
    }

    /** The special background, or the chosen one when the special one is there already. */
    private Backgrounds toggled(Settings s, Look.Background special) {
        return s.look().background().equals(special) ? backgrounds.get(background) : Backgrounds.plain(special);
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

    private static Settings look(Settings s, Look.Placement placement, boolean mirror, boolean onlyMask) {
        Look l = s.look();
        Look wanted = new Look(
                l.background(),
                placement,
                mirror,
                l.spill(),
                l.lightWrap(),
                l.linear(),
                onlyMask,
                onlyMask && l.colors());
        return s.with(s.matte(), wanted, s.layers());
    }

    private static Change matte(float threshold, float feather) {
        return new Change(
                s -> {
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
                },
                s -> String.format(
                        Locale.ROOT,
                        "Threshold %.2f, feather %.0f.",
                        s.matte().threshold(),
                        s.matte().feather()));
    }

    /** Begins to set corners over the camera's whole view, or takes those that were set. */
    private Change perspective() {
        Look.Placement.Corners set = corners;
        if (set == null) {
            corners = EVERYTHING;
            return new Change(
                    s -> placed(s, new Look.Placement.Whole()),
                    _ -> "Drag the corners to those of the desk, then press P again.");
        }
        corners = null;
        return Change.of(s -> placed(s, set.equals(EVERYTHING) ? new Look.Placement.Whole() : set));
    }

    private static Settings placed(Settings s, Look.Placement placement) {
        return look(s, placement, s.look().mirror(), s.look().onlyMask());
    }
}
