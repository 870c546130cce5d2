package dev.handsover.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.sink.Encoders;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The report for a machine with a card: what it judges, and that a part that is missing costs its own row alone. */
class GpuReportTest {
    private final GpuReport report = new GpuReport(new PrintWriter(Writer.nullWriter()));

    private static JsonObject row(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private List<String> judged() {
        List<String> words = new ArrayList<>();
        report.rows("targets")
                .forEach(each -> words.add(each.getAsJsonObject().get("judged").getAsString()));
        return words;
    }

    private void pace(String size, boolean readBack, boolean software, double p50, double pass) {
        String stages = "'engine': {'p50Millis': " + p50 + ", 'p99Millis': 9}";
        for (String each : List.of("upload", "preprocess", "network", "matte", "look")) {
            stages += ", 'device: " + each + "': {'p50Millis': " + pass + "}";
        }
        report.row(row("{'size': '" + size + "', 'readBack': " + readBack + ", 'software': " + software
                + ", 'shareOfACore': 0.1, 'stages': {" + stages + "}}"));
    }

    @Test
    void aimsAreJudgedByTheRowsOfACard() {
        report.table("share", "");
        pace("1920x1080", false, false, 1.5, 0.1);
        pace("1920x1080", true, false, 5.5, 0.1);
        pace("3840x2160", false, false, 3, 0.1);
        report.table("streams", "");
        report.row(row("{'streams': 4, 'software': false, 'slowestFramesPerSecond': 200}"));
        report.row(row("{'streams': 16, 'software': false, 'slowestFramesPerSecond': 31}"));
        GpuTargets.table(report);
        assertEquals(List.of("met", "missed", "met", "missed", "met", "met", "met"), judged());
    }

    @Test
    void softwareIsNotJudged() {
        report.table("share", "");
        pace("1920x1080", false, true, 1.5, 0.1);
        GpuTargets.table(report);
        List<String> words = judged();
        assertEquals("software: says nothing of a card", words.getFirst());
        assertEquals("not run", words.getLast());
        assertFalse(words.contains("met"));
    }

    @Test
    void codecsThatAreMissingAreToldInTheirRows() throws Exception {
        GpuCodecs codecs = new GpuCodecs(report, null, 4, GpuWay.CPU);
        codecs.decoders();
        JsonArray decoders = report.rows("decoders");
        assertEquals(2, decoders.size());
        assertTrue(decoders.get(0).getAsJsonObject().get("framesPerSecond").getAsDouble() > 0);
        codecs.encoders();
        JsonArray encoders = report.rows("encoders");
        assertTrue(encoders.get(0).getAsJsonObject().get("kibPerFrame").getAsDouble() > 0);
        JsonObject nvenc = encoders.get(1).getAsJsonObject();
        boolean there = Encoders.available().contains("h264_nvenc");
        assertEquals(there, !nvenc.has("refused"));
        assertTrue(there || nvenc.get("refused").getAsString().contains("needs an NVIDIA card"), nvenc.toString());
    }
}
