package dev.handsover.profile;

import static dev.handsover.profile.Chart.escaped;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page's pictures of single frames: stages side by side, and what the threads did around a slow frame. */
final class PageFrames {
    private static final int LEFT = 96;
    private static final int ROW = 22;
    private static final int BAR = 16;
    /** Smaller shares are told by the mouse alone. */
    private static final double LEAST_NAMED = 0.004;
    /** Frames on either side of a slow one. */
    static final int NEIGHBOURS = 2;

    private PageFrames() {}

    static long start(Profile.Way way) {
        return way.spans().stream()
                .filter(s -> s.stage() != Stage.WAIT)
                .mapToLong(Trail.Span::start)
                .min()
                .orElse(0);
    }

    static long end(Profile.Way way) {
        return way.spans().stream().mapToLong(Trail.Span::end).max().orElse(0);
    }

    private static String n(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static int colour(Stage stage) {
        return switch (stage) {
            case DECODE, NORMALISE -> 2;
            case PREPROCESS -> 5;
            case NETWORK -> 0;
            case TEMPORAL, MATTE -> 3;
            case COMPOSITE, READ_BACK -> 1;
            case ENCODE -> 4;
            case PRESENT -> 6;
            default -> 7;
        };
    }

    /** One bar: the mean of every stage, laid end to end. */
    static String flame(Profile profile, int width) {
        List<Profile.Row> rows = profile.stages().stream()
                .filter(row -> row.stage().kind() == Stage.Kind.WORK
                        || row.stage().kind() == Stage.Kind.WAIT && row.stage() != Stage.WAIT)
                .toList();
        double all = rows.stream().mapToDouble(Profile.Row::meanMillis).sum();
        StringBuilder svg = open(width, 42);
        StringBuilder legend = new StringBuilder("<p class=l>");
        double at = 0;
        for (Profile.Row row : rows) {
            double wide = row.meanMillis() / Math.max(1e-9, all) * width;
            String title = String.format(
                    Locale.ROOT, "%s: %.2f ms, %.1f %%", row.stage().label(), row.meanMillis(), 100 * wide / width);
            rect(svg, at, 4, Math.max(0.5, wide - 0.5), 34, row.stage(), title);
            if (wide > width * LEAST_NAMED) {
                legend.append("<span><i style='background:")
                        .append(Chart.colour(colour(row.stage())))
                        .append(row.stage().kind() == Stage.Kind.WORK ? "" : ";opacity:.35")
                        .append("'></i>")
                        .append(escaped(title))
                        .append("</span>");
            }
            at += wide;
        }
        return svg.append("</svg>").append(legend).append("</p>").toString();
    }

    private static StringBuilder open(int width, int height) {
        return new StringBuilder("<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 " + width + " "
                + height + "' width='" + width + "' height='" + height + "'>");
    }

    private static void rect(
            StringBuilder svg, double x, double y, double wide, double high, Stage stage, String title) {
        svg.append("<rect x='")
                .append(n(x))
                .append("' y='")
                .append(n(y))
                .append("' width='")
                .append(n(wide))
                .append("' height='")
                .append(n(high))
                .append("' rx='2' fill='")
                .append(Chart.colour(colour(stage)))
                .append(stage.kind() == Stage.Kind.WORK ? "'" : "' opacity='.35'")
                .append("><title>")
                .append(escaped(title))
                .append("</title></rect>");
    }

    /** What each thread did from two frames before a frame to two frames after it; the frame itself is outlined. */
    static String around(Profile profile, Profile.Way slow, int width) {
        int at = profile.ways().indexOf(slow);
        List<Profile.Way> near = profile.ways()
                .subList(Math.max(0, at - NEIGHBOURS), Math.min(profile.ways().size(), at + NEIGHBOURS + 1));
        long from = near.stream().mapToLong(PageFrames::start).min().orElse(0);
        long to = near.stream().mapToLong(PageFrames::end).max().orElse(1);
        Map<Integer, Integer> lanes = new LinkedHashMap<>();
        List<Trail.Span> shown = new ArrayList<>();
        near.forEach(way -> way.spans().stream()
                .filter(s -> s.stage().kind() == Stage.Kind.WORK || s.stage() == Stage.MAILBOX)
                .forEach(shown::add));
        shown.stream().map(Trail.Span::thread).sorted().forEach(t -> lanes.putIfAbsent(t, lanes.size()));
        int height = ROW * lanes.size() + 30;
        StringBuilder svg = open(width, height);
        lanes.forEach((thread, lane) -> svg.append("<text class='f' x='0' y='")
                .append(ROW * lane + 14)
                .append("'>")
                .append(escaped(profile.raw().threads().get(thread)))
                .append("</text>"));
        double scale = (width - LEFT - 8.0) / Math.max(1, to - from);
        for (Trail.Span span : shown) {
            if (span.stage().kind() == Stage.Kind.WORK) {
                int lane = lanes.getOrDefault(span.thread(), 0);
                double x = LEFT + Math.max(0, span.start() - from) * scale;
                double wide = Math.max(0.8, (span.end() - Math.max(from, span.start())) * scale);
                String title = String.format(
                        Locale.ROOT,
                        "frame %d, %s: %.2f ms",
                        span.frame(),
                        span.stage().label(),
                        span.nanos() / 1e6);
                rect(svg, x, ROW * lane + 2, wide, BAR, span.stage(), title);
                if (span.frame() == slow.frame()) {
                    svg.append("<rect fill='none' stroke='var(--ink)' stroke-width='1.4' x='")
                            .append(n(x))
                            .append("' y='")
                            .append(ROW * lane + 2)
                            .append("' width='")
                            .append(n(wide))
                            .append("' height='16'/>");
                }
            }
        }
        svg.append("<text class='f' x='")
                .append(LEFT)
                .append("' y='")
                .append(height - 6)
                .append("'>0</text>");
        svg.append("<text class='f' text-anchor='end' x='")
                .append(width - 8)
                .append("' y='")
                .append(height - 6);
        svg.append(String.format(Locale.ROOT, "'>%.1f ms</text></svg>", (to - from) / 1e6));
        return String.format(
                        Locale.ROOT,
                        "<p><b>Frame %d: %.1f ms</b> <small>%s</small></p>",
                        slow.frame(),
                        slow.nanos() / 1e6,
                        escaped(parts(slow)))
                + Page.wide(svg.toString());
    }

    private static String parts(Profile.Way way) {
        StringBuilder text = new StringBuilder();
        way.spans().stream()
                .filter(s -> (s.stage().kind() == Stage.Kind.WORK || s.stage().kind() == Stage.Kind.WAIT)
                        && s.nanos() > 200_000
                        && s.stage() != Stage.WAIT)
                .sorted(java.util.Comparator.comparingLong(Trail.Span::start))
                .forEach(s -> text.append(text.isEmpty() ? "" : ", ")
                        .append(String.format(Locale.ROOT, "%s %.1f", s.stage().label(), s.nanos() / 1e6)));
        return text.toString();
    }
}
