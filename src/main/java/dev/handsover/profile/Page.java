package dev.handsover.profile;

import static dev.handsover.profile.Chart.escaped;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A profile as one page that needs nothing else: no network, no script; light and dark as the reader's system has it. */
public final class Page {
    private static final int WIDTH = 940;
    private static final int BUCKETS = 60;
    private static final int SLOWEST = 4;
    private static final double MEGA = 1 << 20;

    private Page() {}

    /** How a page begins, up to and with its heading; the reader ends it with {@code </body></html>}. */
    public static String head(String title, String heading) {
        return "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
                + "<meta name='viewport' content='width=device-width'><title>" + escaped(title) + "</title><style>"
                + Chart.STYLE
                + "body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:960px;"
                + "margin:2em auto;padding:0 1em}h1{font-size:1.5em}h2{font-size:1.1em;margin:2em 0 .3em}"
                + "p{margin:.2em 0}.f,small{color:var(--faint)}svg{max-width:100%;height:auto;display:block}"
                // what is wider than a small screen moves sideways, and stays as large as it can be read
                + ".w{overflow-x:auto}.w svg{min-width:640px}"
                + "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
                + "td,th{text-align:right;padding:2px 8px;border-bottom:1px solid var(--grid);white-space:nowrap}"
                + "td:first-child,th:first-child,.t{text-align:left}"
                + ".b{background:var(--s0);height:.7em;border-radius:2px}"
                + ".l{display:flex;flex-wrap:wrap;gap:.1em 1.2em;margin:.4em 0;font-size:13px}"
                + ".l i{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.4em}"
                + "dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em;margin:.6em 0}"
                + "dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}summary{color:var(--faint)}"
                + "</style></head><body><h1>" + escaped(heading) + "</h1>";
    }

    /** A picture or a table that is wider than a telephone. */
    public static String wide(String body) {
        return "<div class=w>" + body + "</div>";
    }

    /** @param sentences that explain, or none */
    public static String of(Profile profile, List<String> sentences) {
        StringBuilder page = new StringBuilder(head("Handsover: profile", "Where a frame's time goes"));
        about(profile, page);
        if (!sentences.isEmpty()) {
            page.append("<h2>In words</h2>");
            sentences.forEach(each -> page.append("<p>").append(escaped(each)).append("</p>"));
        }
        table(profile, page);
        Histogram times = counts(profile);
        String what = profile.about().paced() ? "camera to picture" : "engine";
        page.append("<h2>Stages, one after the other</h2><p class='f'>mean of every stage in which somebody works on"
                + " the frame (strong) or nobody does (faint)</p>");
        page.append(PageFrames.flame(profile, WIDTH));
        page.append("<h2>How often: ").append(what).append("</h2>").append(wide(histogram(times)));
        page.append("<h2>How bad, how seldom: ").append(what).append("</h2>").append(wide(percentiles(profile, times)));
        page.append("<h2>Frame after frame</h2>").append(overTime(profile));
        page.append("<h2>The slowest frames, with their neighbours</h2>");
        profile.slowest(SLOWEST, 2 * PageFrames.NEIGHBOURS)
                .forEach(way -> page.append(PageFrames.around(profile, way, WIDTH)));
        page.append("<h2>Memory</h2>").append(wide(memory(profile)));
        page.append("</body></html>\n");
        return page.toString();
    }

    private static void about(Profile profile, StringBuilder page) {
        Profile.About about = profile.about();
        Map<String, String> rows = new LinkedHashMap<>();
        Map<String, String> rest = new LinkedHashMap<>();
        about.settings().forEach((name, value) -> (rows.size() < Table.NAMED ? rows : rest).put(name, value));
        rows.put("tier", about.tier());
        Machine m = about.machine();
        rows.put(
                "machine",
                m.processor() + ", " + m.processors() + " processors, " + Math.round(m.memoryBytes() / MEGA / 1024)
                        + " GB, " + m.system());
        rows.put("versions", String.join(", ", about.versions()));
        rows.put("warm-up", Table.warmUp(profile).substring(13));
        rows.put("speed", String.format(Locale.ROOT, "%.1f pictures a second", profile.fps()));
        rows.put("lost", Table.losses(profile));
        Usage usage = profile.usage();
        rows.put(
                "Java stood still",
                String.format(
                        Locale.ROOT,
                        "%d times, %.1f ms together, longest %.2f ms; %d collections",
                        usage.pauses(),
                        usage.pausedNanos() / 1e6,
                        usage.longestPauseNanos() / 1e6,
                        usage.collections()));
        list(rows, page);
        if (!rest.isEmpty()) {
            page.append("<details><summary>all settings</summary>");
            list(rest, page);
            page.append("</details>");
        }
    }

    private static void list(Map<String, String> rows, StringBuilder page) {
        page.append("<dl>");
        rows.forEach((name, value) -> page.append("<dt>")
                .append(escaped(name))
                .append("</dt><dd>")
                .append(escaped(value))
                .append("</dd>"));
        page.append("</dl>");
    }

    private static void table(Profile profile, StringBuilder page) {
        double interval = profile.about().intervalNanos() / 1e6;
        page.append(String.format(
                Locale.ROOT,
                "<h2>Every stage, ms</h2><div class=w><table><tr><th>stage<th>p50<th>p90<th>p95<th>p99<th>max<th>mean<th>frames"
                        + "<th class=t title='an orange end: more than the whole'>p50 of %.1f ms</tr>",
                interval));
        for (Stage.Kind kind : Stage.Kind.values()) {
            for (Profile.Row row : profile.stages()) {
                if (row.stage().kind() == kind) {
                    double share = interval > 0 ? row.millis(50) / interval : 0;
                    page.append(String.format(
                            Locale.ROOT,
                            "<tr><td>%s<td>%.2f<td>%.2f<td>%.2f<td>%.2f<td>%.2f<td>%.2f<td>%d<td title='%.1f %%'>"
                                    + "<div class=b style='width:%.0fpx%s'></div></tr>",
                            row.stage().label(),
                            row.millis(50),
                            row.millis(90),
                            row.millis(95),
                            row.millis(99),
                            row.maxMillis(),
                            row.meanMillis(),
                            row.count(),
                            100 * share,
                            Math.clamp(120 * share, 1, 120),
                            (kind == Stage.Kind.WORK ? "" : ";opacity:.4")
                                    + (share > 1 ? ";border-right:4px solid var(--s1)" : "")));
                }
            }
        }
        page.append("</table></div>");
        if (profile.about().paced()) {
            page.append("<p><small>Times from the camera are corrected for coordinated omission: while a frame takes"
                    + " longer than the interval, those that it kept out count too.</small></p>");
        }
    }

    private static Histogram counts(Profile profile) {
        Profile.Row row = profile.row(profile.about().paced() ? Stage.TOTAL : Stage.ENGINE);
        return row == null ? new Histogram(1) : row.corrected();
    }

    private static String histogram(Histogram times) {
        double least = Math.max(0.01, times.getMinValue() / 1e6 * 0.95);
        double most = Math.max(least * 1.1, times.getMaxValue() / 1e6 * 1.05);
        double factor = Math.pow(most / least, 1.0 / BUCKETS);
        long[] counts = new long[BUCKETS];
        long top = 1;
        for (int i = 0; i < BUCKETS; i++) {
            long low = (long) (least * Math.pow(factor, i) * 1e6);
            long high = (long) (least * Math.pow(factor, i + 1) * 1e6) - 1;
            counts[i] = times.getCountBetweenValues(low, Math.max(low, high));
            top = Math.max(top, counts[i]);
        }
        Chart chart = new Chart(WIDTH, 220, "ms", "frames", true, least, most, top * 1.15);
        for (int i = 0; i < BUCKETS; i++) {
            double low = least * Math.pow(factor, i);
            if (counts[i] > 0) {
                chart.bar(
                        0,
                        low,
                        low * factor,
                        (double) counts[i],
                        String.format(Locale.ROOT, "%d frames from %.1f to %.1f ms", counts[i], low, low * factor));
            }
        }
        int row = 0;
        for (double percentile : new double[] {50, 95, 99}) {
            chart.mark(1, times.getValueAtPercentile(percentile) / 1e6, "p" + (int) percentile, row++);
        }
        return chart.svg();
    }

    private static String percentiles(Profile profile, Histogram times) {
        double total = Math.max(2, times.getTotalCount());
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (double oneIn = 1; oneIn <= total; oneIn *= 1.08) {
            x.add(oneIn);
            y.add(times.getValueAtPercentile(100 - 100 / oneIn) / 1e6);
        }
        double interval = profile.about().intervalNanos() / 1e6;
        double top = Math.max(times.getMaxValue() / 1e6, interval) * 1.1;
        Chart chart = new Chart(WIDTH, 240, "one frame in … is slower", "ms", true, 1, total, top);
        double[] ends = {1, total};
        chart.line("interval", 7, ends, new double[] {interval, interval});
        chart.line("this run", 0, doubles(x), doubles(y));
        return chart.svg();
    }

    private static double[] doubles(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static String overTime(Profile profile) {
        List<Profile.Way> ways = profile.ways();
        long origin = PageFrames.start(ways.getFirst());
        double seconds = (PageFrames.end(ways.getLast()) - origin) / 1e9;
        double most = ways.stream().mapToLong(Profile.Way::nanos).max().orElse(1) / 1e6;
        Chart chart = new Chart(WIDTH, 240, "seconds", "ms", false, 0, seconds, most * 1.1);
        for (Pauses.Pause pause : profile.raw().pauses()) {
            double at = (pause.startNanos() - origin) / 1e9;
            if (at >= 0 && at <= seconds && pause.nanos() > 500_000) {
                chart.mark(3, at, "", 0);
            }
        }
        profile.dropped().forEach(nanos -> chart.dot(6, (nanos - origin) / 1e9, most * 1.07, 2.2, "lost"));
        for (Profile.Way way : ways) {
            chart.dot(
                    0,
                    (PageFrames.start(way) - origin) / 1e9,
                    way.nanos() / 1e6,
                    1.8,
                    String.format(Locale.ROOT, "frame %d: %.1f ms", way.frame(), way.nanos() / 1e6));
        }
        return wide(chart.svg())
                + "<p><small>Each dot is a frame; a red one at the top is a frame that was lost; a dashed line is"
                + " the Java machine standing still for more than half a millisecond.</small></p>";
    }

    private static String memory(Profile profile) {
        List<Vitals.Sample> samples = profile.raw().samples();
        long origin = samples.getFirst().nanos();
        double[] x =
                samples.stream().mapToDouble(s -> (s.nanos() - origin) / 1e9).toArray();
        double[] resident =
                samples.stream().mapToDouble(s -> s.residentBytes() / MEGA).toArray();
        double[] heap = samples.stream().mapToDouble(s -> s.heapBytes() / MEGA).toArray();
        double top = Math.max(
                samples.stream()
                        .mapToDouble(s -> s.residentBytes() / MEGA)
                        .max()
                        .orElse(1),
                samples.stream().mapToDouble(s -> s.heapBytes() / MEGA).max().orElse(1));
        return new Chart(
                        WIDTH,
                        200,
                        "seconds from the start, warm-up included",
                        "MB",
                        false,
                        0,
                        x[x.length - 1],
                        top * 1.15)
                .line("resident", 0, x, resident)
                .line("Java heap in use", 1, x, heap)
                .svg();
    }
}
