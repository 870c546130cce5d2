package dev.handsover.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A profile as lines for a terminal of 100 columns. */
public final class Table {
    private static final int BAR = 20;
    /** Settings that a person wants to read again; the rest are in the JSON. */
    static final int NAMED = 4;

    private static final double MEGA = 1 << 20;

    private Table() {}

    /** All of it. */
    public static List<String> of(Profile profile) {
        List<String> lines = new ArrayList<>();
        Profile.About about = profile.about();
        about.settings().entrySet().stream()
                .limit(NAMED)
                .forEach(e -> lines.add(String.format(Locale.ROOT, "%-12s %s", e.getKey(), e.getValue())));
        lines.add(String.format(Locale.ROOT, "%-12s %s", "tier", about.tier()));
        lines.add(String.format(
                Locale.ROOT,
                "%-12s %s, %d processors, %s, java %s",
                "machine",
                about.machine().processor(),
                about.machine().processors(),
                about.machine().system(),
                about.machine().java()));
        lines.add(warmUp(profile));
        lines.add("");
        double interval = about.intervalNanos() / 1e6;
        lines.add(String.format(
                Locale.ROOT,
                "%-18s %8s %8s %8s %8s %8s  p50 of the %.1f ms between frames",
                "ms",
                "p50",
                "p90",
                "p95",
                "p99",
                "max",
                interval));
        for (Stage.Kind kind : Stage.Kind.values()) {
            profile.stages().stream()
                    .filter(row -> row.stage().kind() == kind)
                    .forEach(row -> lines.add(line(row, interval)));
            lines.add("");
        }
        lines.add(String.format(
                Locale.ROOT,
                "%.1f pictures a second over %.1f s",
                profile.fps(),
                profile.usage().seconds()));
        lines.add("frames lost: " + losses(profile));
        usage(profile, lines);
        if (about.paced()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Times from the camera are corrected for coordinated omission: while a frame takes longer than %.1f ms,"
                            + " those that it kept out count too.",
                    interval));
        }
        return lines;
    }

    static String warmUp(Profile profile) {
        WarmUp cut = profile.warmUp();
        return String.format(
                Locale.ROOT,
                "%-12s %d frames cut (%.1f ms of work a frame at first, %.1f later%s); %d measured",
                "warm-up",
                cut.frames(),
                cut.firstMillis(),
                cut.steadyMillis(),
                cut.settled() ? "" : "; it never settled",
                profile.ways().size());
    }

    private static String line(Profile.Row row, double interval) {
        double share = interval > 0 ? row.millis(50) / interval : 0;
        int cells = Math.clamp(Math.round(share * BAR), share > 0.002 ? 1 : 0, BAR);
        return String.format(
                Locale.ROOT,
                "%-18s %8.2f %8.2f %8.2f %8.2f %8.2f  %s%s %.0f %%",
                row.stage().label(),
                row.millis(50),
                row.millis(90),
                row.millis(95),
                row.millis(99),
                row.maxMillis(),
                "█".repeat(cells),
                share > 1 ? "▶" : "",
                100 * share);
    }

    /** Frames by what became of them in the whole run, and how many of them after the warm-up. */
    static String losses(Profile profile) {
        StringBuilder text = new StringBuilder();
        profile.drops().forEach((name, count) -> {
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(name);
            }
        });
        if (text.isEmpty()) {
            return "none";
        }
        return profile.about().paced()
                ? text + "; " + profile.dropped().size() + " frames without a picture after the warm-up"
                : text.toString();
    }

    private static void usage(Profile profile, List<String> lines) {
        Usage usage = profile.usage();
        int frames = Math.max(1, profile.ways().size());
        long cpu = usage.cpuNanos().values().stream().mapToLong(Long::longValue).sum();
        lines.add(String.format(
                Locale.ROOT,
                "CPU %.1f ms a frame: %s",
                cpu / 1e6 / frames,
                usage.cpuNanos().entrySet().stream()
                        .filter(e -> e.getValue() > cpu / 100)
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue() / 1e6 / frames))
                        .toList()));
        long heap = profile.pipelineBytes();
        lines.add(String.format(
                Locale.ROOT,
                "Java heap: %d bytes a frame; %d collections; stood still %d times, %.1f ms together, longest %.2f ms",
                heap / frames,
                usage.collections(),
                usage.pauses(),
                usage.pausedNanos() / 1e6,
                usage.longestPauseNanos() / 1e6));
        if (usage.peakResidentBytes() > 0) {
            lines.add(String.format(Locale.ROOT, "memory: %.0f MB resident at most", usage.peakResidentBytes() / MEGA));
        }
    }
}
