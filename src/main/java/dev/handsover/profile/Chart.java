package dev.handsover.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of figures as SVG that stands in a page: axes with round numbers, lines, bars and dots over them. Its colours are
 * the page's variables ({@link #STYLE}), so that it is read in the light and in the dark.
 */
public final class Chart {
    /** Colours and types of every chart, for the head of a page, or for the {@code style} of a picture that stands alone. */
    public static final String STYLE = ":root{--paper:#fff;--ink:#1b1f24;--faint:#8a929c;--grid:#e4e7eb;"
            + "--s0:#2f6fde;--s1:#d9622b;--s2:#2a9d64;--s3:#a04bc9;--s4:#c99a1e;--s5:#1f9fb5;--s6:#c73a5b;--s7:#6b7684}"
            + "@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e9ed;--faint:#8f99a5;--grid:#2b3138;"
            + "--s0:#6ea2ff;--s1:#ff9a66;--s2:#5fd09a;--s3:#cf8df0;--s4:#e8c25a;--s5:#5ccfe2;--s6:#ff7d99;--s7:#9aa6b3}}"
            + "svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .f{fill:var(--faint)}";

    private static final int LEFT = 62;
    private static final int BOTTOM = 40;
    private static final int TOP = 24;
    private static final int RIGHT = 14;
    private static final int COLOURS = 8;
    /** About what a letter takes, px. */
    private static final double LETTER = 6.8;

    private static final int LINE = 12;

    private final int width;
    private final int height;
    private final String xLabel;
    private final String yLabel;
    private final boolean logX;
    private final double x0;
    private final double x1;
    private final double y1;
    private double y0;
    private final List<double[]> written = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private final List<String> legend = new ArrayList<>();
    private final List<String> legendColours = new ArrayList<>();

    /**
     * An empty chart; y begins at 0, if nothing else is said ({@link #above}).
     *
     * @param width px
     * @param height px
     * @param logX x counts by powers, and must then lie above 0
     */
    public Chart(
            int width, int height, String xLabel, String yLabel, boolean logX, double fromX, double toX, double toY) {
        this.width = width;
        this.height = height;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.logX = logX;
        this.x0 = fromX;
        this.x1 = toX > fromX ? toX : fromX + 1;
        this.y1 = toY > 0 ? toY : 1;
    }

    /** Lets y begin there instead of at 0; before anything is drawn. */
    public Chart above(double y) {
        y0 = y < y1 ? y : 0;
        return this;
    }

    /** The variable of the colour with that number. */
    public static String colour(int number) {
        return "var(--s" + Math.floorMod(number, COLOURS) + ")";
    }

    /** Text as a page needs it. */
    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private double px(double x) {
        double share = logX ? Math.log(x / x0) / Math.log(x1 / x0) : (x - x0) / (x1 - x0);
        return LEFT + Math.clamp(share, 0, 1) * (width - LEFT - RIGHT);
    }

    private double py(double y) {
        return height - BOTTOM - Math.clamp((y - y0) / (y1 - y0), 0, 1) * (height - BOTTOM - TOP);
    }

    private static String n(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private void name(String name, int colour) {
        if (!name.isEmpty()) {
            legend.add(name);
            legendColours.add(colour(colour));
        }
    }

    /** A line through points in order; an empty name stays out of the legend. */
    public Chart line(String name, int colour, double[] x, double[] y) {
        name(name, colour);
        body.append("<polyline fill='none' stroke='").append(colour(colour)).append("' stroke-width='1.8' points='");
        for (int i = 0; i < x.length; i++) {
            body.append(n(px(x[i]))).append(',').append(n(py(y[i]))).append(' ');
        }
        body.append("'/>");
        return this;
    }

    /** A dot with a word that the mouse shows. */
    public Chart dot(int colour, double x, double y, double radius, String title) {
        body.append("<circle cx='").append(n(px(x))).append("' cy='").append(n(py(y)));
        body.append("' r='")
                .append(n(radius))
                .append("' fill='")
                .append(colour(colour))
                .append("'><title>");
        body.append(escaped(title)).append("</title></circle>");
        return this;
    }

    /** Words beside a place, where none are yet as far as that goes: right of it, left, above or below. */
    public Chart words(double x, double y, String text) {
        double wide = LETTER * text.length();
        double[][] places = {{6, -3}, {-6 - wide, -3}, {-wide / 2, -9}, {-wide / 2, 16}, {6, 12}, {-6 - wide, 12}};
        double[] best = new double[] {0, 0};
        boolean free = false;
        for (int i = 0; i < places.length && !free; i++) {
            double[] at = {px(x) + places[i][0], py(y) + places[i][1]};
            free = at[0] > 0
                    && at[0] + wide < width
                    && written.stream()
                            .noneMatch(other -> at[0] < other[0] + other[2]
                                    && other[0] < at[0] + wide
                                    && Math.abs(at[1] - other[1]) < LINE);
            best = i == 0 || free ? at : best;
        }
        written.add(new double[] {best[0], best[1], wide});
        body.append("<text x='")
                .append(n(best[0]))
                .append("' y='")
                .append(n(best[1]))
                .append("'>");
        body.append(escaped(text)).append("</text>");
        return this;
    }

    /** A bar from one x to another. */
    public Chart bar(int colour, double from, double to, double y, String title) {
        double left = px(from);
        body.append("<rect x='").append(n(left)).append("' y='").append(n(py(y)));
        body.append("' width='").append(n(Math.max(0.8, px(to) - left - 0.6)));
        body.append("' height='").append(n(py(y0) - py(y))).append("' fill='").append(colour(colour));
        body.append("'><title>").append(escaped(title)).append("</title></rect>");
        return this;
    }

    /** An upright mark over the whole height with a word at its top; {@code row} keeps words from lying on each other. */
    public Chart mark(int colour, double x, String word, int row) {
        String at = n(px(x));
        body.append("<line x1='")
                .append(at)
                .append("' x2='")
                .append(at)
                .append("' y1='")
                .append(TOP);
        body.append("' y2='").append(n(py(y0))).append("' stroke='").append(colour(colour));
        body.append("' stroke-dasharray='3 3'/>");
        if (!word.isEmpty()) {
            boolean left = px(x) > width - 90;
            body.append("<text class='f' x='")
                    .append(n(px(x) + (left ? -4 : 4)))
                    .append("' y='");
            body.append(TOP + 12 + 14 * row).append(left ? "' text-anchor='end'>" : "'>");
            body.append(escaped(word)).append("</text>");
        }
        return this;
    }

    /** A step of 1, 2 or 5 times a power of ten that divides the range into about so many parts. */
    static double step(double range, int parts) {
        double raw = range / parts;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double lead = raw / power;
        return power * (lead > 5 ? 10 : lead > 2 ? 5 : lead > 1 ? 2 : 1);
    }

    static String number(double value) {
        return value == 0
                ? "0"
                : Math.abs(value) >= 10
                        ? String.format(Locale.ROOT, "%.0f", value)
                        : String.format(Locale.ROOT, "%.3g", value)
                                .replaceAll("0+$", "")
                                .replaceAll("\\.$", "");
    }

    private String axes() {
        StringBuilder text = new StringBuilder();
        double dy = step(y1 - y0, 5);
        for (double y = Math.ceil(y0 / dy - 1e-9) * dy; y <= y1 * 1.0001; y += dy) {
            text.append("<line x1='")
                    .append(LEFT)
                    .append("' x2='")
                    .append(width - RIGHT)
                    .append("' y1='");
            text.append(n(py(y))).append("' y2='").append(n(py(y))).append("' stroke='var(--grid)'/>");
            text.append("<text class='f' text-anchor='end' x='")
                    .append(LEFT - 6)
                    .append("' y='");
            text.append(n(py(y) + 4)).append("'>").append(number(y)).append("</text>");
        }
        for (double x : ticks()) {
            text.append("<text class='f' text-anchor='middle' x='")
                    .append(n(px(x)))
                    .append("' y='");
            text.append(height - BOTTOM + 16).append("'>").append(number(x)).append("</text>");
        }
        text.append("<text class='f' text-anchor='end' x='")
                .append(width - RIGHT)
                .append("' y='");
        text.append(height - 6).append("'>").append(escaped(xLabel)).append("</text>");
        text.append("<text class='f' x='4' y='14'>").append(escaped(yLabel)).append("</text>");
        double at = width - RIGHT;
        for (int i = legend.size() - 1; i >= 0; i--) {
            at -= 7.2 * legend.get(i).length() + 22;
            text.append("<rect width='10' height='10' rx='2' x='").append(n(at)).append("' y='5' fill='");
            text.append(legendColours.get(i))
                    .append("'/><text x='")
                    .append(n(at + 14))
                    .append("' y='14'>");
            text.append(escaped(legend.get(i))).append("</text>");
        }
        return text.toString();
    }

    private List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (!logX) {
            double dx = step(x1 - x0, Math.max(3, width / 110));
            for (double x = Math.ceil(x0 / dx) * dx; x <= x1 * 1.0001; x += dx) {
                ticks.add(x);
            }
            return ticks;
        }
        for (double power = Math.pow(10, Math.floor(Math.log10(x0))); power <= x1; power *= 10) {
            for (int lead : leads(x1 / x0)) {
                if (lead * power >= x0 && lead * power <= x1) {
                    ticks.add(lead * power);
                }
            }
        }
        return ticks;
    }

    /** Which steps of a power of ten have room when x goes over such a ratio. */
    private static int[] leads(double ratio) {
        return ratio > 200 ? new int[] {1} : ratio > 15 ? new int[] {1, 2, 5} : new int[] {1, 2, 3, 4, 5, 6, 8};
    }

    /** The picture, to stand in a page. */
    public String svg() {
        return "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 " + width + " " + height + "' width='"
                + width + "' height='" + height + "'>" + axes() + body + "</svg>";
    }

    /** The picture, to stand alone in a file. */
    public String file() {
        String open = "height='" + height + "'>";
        return svg().replaceFirst(
                        open,
                        open + "<style>" + STYLE + "</style><rect width='100%' height='100%' fill='var(--paper)'/>");
    }
}
