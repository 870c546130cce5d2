package dev.handsover.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.profile.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How cost grows, as one picture of small charts, drawn by what draws the pages of {@code profile}: {@code GROWTH.json
 * PICTURE.svg}. {@code tools/bench/growth} starts it.
 */
public final class GrowthPicture {
    private static final int WIDE = 320;
    private static final int HIGH = 210;
    private static final int ACROSS = 3;

    private GrowthPicture() {}

    /**
     * A small chart.
     *
     * @param across what it goes over, and its key; sizes count by their lines
     * @param value the key of what is shown
     */
    private record Panel(String series, String across, String value, String xLabel, String yLabel) {}

    private static final List<Panel> PANELS = List.of(
            new Panel("resolution", "size", "cpuNanosAPixel", "lines", "CPU ns a pixel"),
            new Panel("streams", "streams", "fps", "streams", "frames/s of all"),
            new Panel("cores", "cores", "fps", "cores", "frames/s"),
            new Panel("length", "seconds", "peakMb", "seconds", "peak memory, MB"),
            new Panel("clips", "clips", "cpuMillisAClip", "clips in one start", "CPU ms a clip"));

    public static void main(String[] args) throws IOException {
        JsonObject series = JsonParser.parseString(Files.readString(Path.of(args[0])))
                .getAsJsonObject()
                .getAsJsonObject("series");
        Files.writeString(Path.of(args[1]), picture(series));
    }

    static String picture(JsonObject series) {
        List<Panel> shown = PANELS.stream().filter(p -> series.has(p.series)).toList();
        int rows = (shown.size() + ACROSS - 1) / ACROSS;
        StringBuilder all = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 %d %d'><style>%s</style>"
                        + "<rect width='100%%' height='100%%' fill='var(--paper)'/>",
                ACROSS * WIDE,
                rows * HIGH,
                Chart.STYLE));
        for (int i = 0; i < shown.size(); i++) {
            all.append(String.format(
                            Locale.ROOT, "<g transform='translate(%d %d)'>", i % ACROSS * WIDE, i / ACROSS * HIGH))
                    .append(chart(shown.get(i), series).svg())
                    .append("</g>");
        }
        return all.append("</svg>\n").toString();
    }

    private static Chart chart(Panel panel, JsonObject series) {
        List<JsonElement> rows = series.getAsJsonArray(panel.series).asList();
        double[] x = new double[rows.size()];
        double[] y = new double[rows.size()];
        double most = 0;
        for (int i = 0; i < rows.size(); i++) {
            JsonObject row = rows.get(i).getAsJsonObject();
            String place = row.get(panel.across).getAsString();
            x[i] = Double.parseDouble(place.substring(place.indexOf('x') + 1));
            y[i] = row.get(panel.value).getAsDouble();
            most = Math.max(most, y[i]);
        }
        Chart chart = new Chart(
                WIDE, HIGH, panel.xLabel, panel.yLabel, x[x.length - 1] / x[0] > 8, x[0], x[x.length - 1], most * 1.2);
        chart.line("", 0, x, y);
        for (int i = 0; i < x.length; i++) {
            String value = String.format(Locale.ROOT, y[i] >= 100 ? "%.0f" : "%.3g", y[i]);
            chart.dot(0, x[i], y[i], 3, value).words(x[i], y[i] + most * 0.06, value);
        }
        return chart;
    }
}
