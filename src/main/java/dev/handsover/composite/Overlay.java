package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What stands over a window's picture: panels of text, the curve of latency, corners to drag. For the context's thread. */
final class Overlay implements AutoCloseable {
    private static final float LETTERS = 14;
    private static final float CURVE_WIDTH = 240;
    private static final float CURVE_HEIGHT = 48;
    private static final long READABLE_NANOS = 500_000_000;

    private final ShownTimes times;
    private final GlProgram panel = new GlProgram("panel");
    private final GlProgram curve = new GlProgram("curve");
    private final GlProgram handles = new GlProgram("corners");
    private final GlPanel figures = new GlPanel(new GlPanel.Place(0, 0));
    private final GlPanel help = new GlPanel(new GlPanel.Place(0.5f, 0.5f));
    private final GlPanel message = new GlPanel(new GlPanel.Place(0.5f, 1));
    private final GlPlane ages = new GlPlane(ShownTimes.LAST, 1, Kind.NUMBER);
    private final float[] recent = new float[ShownTimes.LAST];
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment agesAsSent = arena.allocate(ValueLayout.JAVA_FLOAT, ShownTimes.LAST);
    private Hud hud = Hud.NONE;
    private List<String> figureLines = List.of();
    private List<String> messageLines = List.of();
    private long figuresFrom;
    private boolean stale = true;
    private int width = 1;
    private int height = 1;
    private float em = LETTERS;
    private float scale = 1;

    Overlay(ShownTimes times) {
        this.times = times;
    }

    void set(Hud newHud) {
        hud = newHud;
        stale = true;
    }

    /** Pixels of the framebuffer, and how many of them make one of a screen of ordinary density. */
    void size(int newWidth, int newHeight, float newScale) {
        stale |= width != newWidth || height != newHeight || scale != newScale;
        width = newWidth;
        height = newHeight;
        scale = newScale;
        // letters shrink in a window that is too small for them
        float room = Math.min(width / (620 * scale), height / (380 * scale));
        em = LETTERS * scale * Math.clamp(room, 0.65f, 1);
    }

    /** Draws panels and curve; blending of premultiplied colours is on. */
    void draw() {
        if (stale || System.nanoTime() - figuresFrom > READABLE_NANOS) {
            layOut();
        }
        panel.use();
        figures.draw(panel, width, height);
        message.draw(panel, width, height);
        help.draw(panel, width, height);
        if (figures.visible() && times.measured() && !help.visible()) {
            drawCurve();
        }
    }

    private void layOut() {
        stale = false;
        figuresFrom = System.nanoTime();
        int room = Math.round(width - 1.4f * em);
        boolean curved = times.measured() && !hud.lines().isEmpty();
        figureLines = new ArrayList<>(hud.lines());
        if (curved) {
            figureLines.add(String.format(
                    Locale.ROOT, "to screen\tp50 %.1f   p95 %.1f ms", times.recentMillis(50), times.recentMillis(95)));
        }
        figures.set(figureLines, em, room, curved ? Math.round(CURVE_HEIGHT * em / LETTERS + em / 2) : 0);
        String sentence = hud.message();
        messageLines = sentence.isEmpty() ? List.of() : new Lettering(em).wrap(sentence, Math.round(room - 1.5f * em));
        message.set(messageLines, em, room, 0);
        help.set(hud.help(), em, room, 0);
    }

    private void drawCurve() {
        times.recent(recent);
        float top = 2 * hud.budgetMillis();
        for (float age : recent) {
            top = Math.max(top, Math.min(age, 4 * hud.budgetMillis())); // one late picture must not flatten the others
        }
        MemorySegment.copy(recent, 0, agesAsSent, ValueLayout.JAVA_FLOAT, 0, recent.length);
        ages.upload(agesAsSent.address(), recent.length);
        int left = figures.left(width) + figures.margin();
        int bottom = height - figures.top(height) - figures.height() + figures.margin();
        int across = Math.min(Math.round(CURVE_WIDTH * em / LETTERS), figures.width() - 2 * figures.margin());
        int down = Math.round(CURVE_HEIGHT * em / LETTERS);
        curve.use()
                .with("ages", ages)
                .with("corner", left, bottom)
                .size("extent", across, down)
                .with("budget", hud.budgetMillis())
                .with("top", top)
                .draw(left, bottom, across, down);
    }

    /**
     * Draws four corners.
     *
     * @param picture left, top, width and height of what they are fractions of
     * @param held the corner that the mouse holds, or −1
     */
    void draw(Look.Placement.Corners four, int[] picture, int held) {
        handles.use();
        corner("corner_0", four.x1(), four.y1(), picture);
        corner("corner_1", four.x2(), four.y2(), picture);
        corner("corner_2", four.x3(), four.y3(), picture);
        corner("corner_3", four.x4(), four.y4(), picture);
        handles.with("held", held).with("scale", scale).draw(0, 0, width, height);
    }

    private void corner(String uniform, float x, float y, int[] picture) {
        handles.size(uniform, picture[0] + x * picture[2], height - picture[1] - y * picture[3]);
    }

    @Override
    public void close() {
        ages.close();
        figures.close();
        help.close();
        message.close();
        panel.close();
        curve.close();
        handles.close();
        arena.close();
    }
}
