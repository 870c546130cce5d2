package dev.handsover.command;

import dev.handsover.profile.Chart;
import dev.handsover.profile.Machine;
import dev.handsover.profile.Page;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A sweep as a page that stands alone: speed against quality, those that no other beats joined by a line. */
final class ProfileSweepPage {
    private static final int WIDTH = 940;
    private static final int HEIGHT = 420;
    /** Of the range of the figures, free below and above them. */
    private static final double MARGIN = 0.15;

    private ProfileSweepPage() {}

    /** @param data labelled pictures by which the points were judged, or null */
    static String of(List<ProfileSweep.Point> points, ProfileRun run, @Nullable Path data) {
        Machine machine = Machine.here();
        String measured = String.format(
                Locale.ROOT,
                "%s, %d frames a run, each combination run twice, the faster run counts. %s, %d processors.%s",
                run.source(),
                run.frames(),
                machine.processor(),
                machine.processors(),
                data == null ? "" : " IoU on the labelled pictures of " + data + ".");
        return Page.head("Handsover: sweep", data == null ? "Speed against work" : "Speed against quality")
                + "<p class='f'>" + Chart.escaped(measured) + "</p>"
                + Page.wide(chart(points, data != null).svg())
                + "<p class='f'>A number is a row below. "
                + (data == null
                        ? "Further to the right is faster, further down is less work."
                        : "Further to the right is faster, further up is better; no other combination beats those on the line"
                                + " in both. The upright axis does not begin at 0.")
                + "</p>" + Page.wide(table(points, data != null)) + "</body></html>\n";
    }

    private static Chart chart(List<ProfileSweep.Point> points, boolean judged) {
        double fps = points.stream().mapToDouble(ProfileSweep.Point::fps).max().orElse(1);
        double least = points.stream().mapToDouble(p -> y(p, judged)).min().orElse(0);
        double most = points.stream().mapToDouble(p -> y(p, judged)).max().orElse(1);
        double margin = Math.max(MARGIN * (most - least), judged ? 0.005 : 0.1 * most);
        String label = judged ? "IoU" : "ms of work on a frame";
        Chart chart = new Chart(WIDTH, HEIGHT, "pictures a second", label, false, 0, fps * 1.1, most + margin);
        if (judged) {
            chart.above(Math.max(0, least - margin));
            List<ProfileSweep.Point> front = points.stream()
                    .filter(p -> ProfileSweep.best(p, points))
                    .sorted(Comparator.comparingDouble(ProfileSweep.Point::fps))
                    .toList();
            chart.line(
                    "beaten by none",
                    1,
                    front.stream().mapToDouble(ProfileSweep.Point::fps).toArray(),
                    front.stream().mapToDouble(ProfileSweep.Point::iou).toArray());
        }
        for (int i = 0; i < points.size(); i++) {
            ProfileSweep.Point point = points.get(i);
            boolean best = judged && ProfileSweep.best(point, points);
            chart.dot(best ? 1 : 0, point.fps(), y(point, judged), best ? 5 : 4, point.name());
        }
        for (int i = 0; i < points.size(); i++) {
            chart.words(points.get(i).fps(), y(points.get(i), judged), String.valueOf(i + 1));
        }
        return chart;
    }

    private static double y(ProfileSweep.Point point, boolean judged) {
        return judged ? point.iou() : point.millis();
    }

    private static String table(List<ProfileSweep.Point> points, boolean judged) {
        StringBuilder rows =
                new StringBuilder("<table><tr><th>#<th class=t>combination<th>pictures a second<th>work, ms"
                        + "<th>engine p50, ms" + (judged ? "<th>IoU<th class=t>" : "") + "</tr>");
        for (int i = 0; i < points.size(); i++) {
            ProfileSweep.Point point = points.get(i);
            rows.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%d<td class=t>%s<td>%.1f<td>%.2f<td>%.2f",
                    i + 1,
                    Chart.escaped(point.name()),
                    point.fps(),
                    point.millis(),
                    point.engineMillis()));
            if (judged) {
                rows.append(String.format(
                        Locale.ROOT,
                        "<td>%.3f<td class=t>%s",
                        point.iou(),
                        ProfileSweep.best(point, points) ? "beaten by none" : ""));
            }
            rows.append("</tr>");
        }
        return rows.append("</table>").toString();
    }
}
