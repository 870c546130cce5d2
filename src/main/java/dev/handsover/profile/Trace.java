package dev.handsover.profile;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A profile as trace events, which Perfetto and Chromium's tracing page draw: a row a thread, a bar a span, an arrow where a frame
 * goes from thread to thread, counters for memory and for frames under way.
 */
public final class Trace {
    private static final int PROCESS = 1;
    private static final double MICROS = 1e3;

    private final JsonWriter json;
    private final Profile profile;
    private final long origin;

    private Trace(JsonWriter json, Profile profile) {
        this.json = json;
        this.profile = profile;
        this.origin = profile.raw().spans().stream()
                .mapToLong(Trail.Span::start)
                .min()
                .orElse(0);
    }

    /** Writes the whole run, warm-up included; the writer stays open. */
    public static void write(Profile profile, Writer to) throws IOException {
        JsonWriter json = new JsonWriter(to);
        new Trace(json, profile).all();
        json.flush();
    }

    private void all() throws IOException {
        json.beginObject()
                .name("displayTimeUnit")
                .value("ms")
                .name("traceEvents")
                .beginArray();
        List<String> threads = new ArrayList<>(profile.raw().threads());
        threads.add("Java machine stands still");
        begin("M", "process_name", 0).name("args").beginObject();
        json.name("name").value("handsover").endObject().endObject();
        for (int i = 0; i < threads.size(); i++) {
            begin("M", "thread_name", i).name("args").beginObject();
            json.name("name").value(threads.get(i)).endObject().endObject();
            begin("M", "thread_sort_index", i).name("args").beginObject();
            json.name("sort_index").value(i).endObject().endObject();
        }
        Map<Long, List<Trail.Span>> frames = new TreeMap<>();
        for (Trail.Span span : profile.raw().spans()) {
            if (span.stage().kind() == Stage.Kind.WORK || span.stage() == Stage.WAIT) {
                bar(span);
                frames.computeIfAbsent(span.frame(), _ -> new ArrayList<>()).add(span);
            } else {
                lane(span);
            }
        }
        for (Map.Entry<Long, List<Trail.Span>> frame : frames.entrySet()) {
            arrows(frame.getKey(), frame.getValue());
        }
        for (Pauses.Pause pause : profile.raw().pauses()) {
            if (pause.startNanos() >= origin) {
                begin("X", pause.why(), threads.size() - 1).name("cat").value("machine");
                times(pause.startNanos(), pause.nanos()).endObject();
            }
        }
        counters();
        json.endArray().endObject();
    }

    private JsonWriter begin(String phase, String name, int thread) throws IOException {
        return json.beginObject()
                .name("ph")
                .value(phase)
                .name("name")
                .value(name)
                .name("pid")
                .value(PROCESS)
                .name("tid")
                .value(thread);
    }

    private JsonWriter times(long start, long nanos) throws IOException {
        // a nanosecond short: else the decimals of ts + dur reach into the next bar now and then
        return json.name("ts").value((start - origin) / MICROS).name("dur").value(Math.max(0, nanos - 1) / MICROS);
    }

    private void bar(Trail.Span span) throws IOException {
        begin("X", span.stage().label(), span.thread()).name("cat").value("stage");
        times(span.start(), span.nanos()).name("args").beginObject();
        json.name("frame").value(span.frame()).endObject().endObject();
    }

    /** Waits and ways overlap, those of one frame too: each is a row of its own, by stage and frame. */
    private void lane(Trail.Span span) throws IOException {
        for (String phase : List.of("b", "e")) {
            begin(phase, span.stage().label(), span.thread()).name("cat").value("frame");
            json.name("id").value(span.stage().label() + " " + span.frame());
            long at = phase.equals("b") ? span.start() : span.end();
            json.name("ts").value((at - origin) / MICROS).endObject();
        }
    }

    /** The frame's way from bar to bar. */
    private void arrows(long frame, List<Trail.Span> spans) throws IOException {
        List<Trail.Span> ordered = spans.stream()
                .sorted(java.util.Comparator.comparingLong(Trail.Span::start))
                .toList();
        for (int i = 0; i < ordered.size() && ordered.size() > 1; i++) {
            Trail.Span span = ordered.get(i);
            String phase = i == 0 ? "s" : i == ordered.size() - 1 ? "f" : "t";
            begin(phase, "frame", span.thread())
                    .name("cat")
                    .value("way")
                    .name("id")
                    .value(frame);
            json.name("ts").value((span.start() - origin) / MICROS);
            if (phase.equals("f")) {
                json.name("bp").value("e");
            }
            json.endObject();
        }
    }

    private void counters() throws IOException {
        for (Vitals.Sample sample : profile.raw().samples()) {
            counter("resident MB", sample.nanos(), sample.residentBytes() / 1048576.0);
            counter("Java heap MB", sample.nanos(), sample.heapBytes() / 1048576.0);
        }
        TreeMap<Long, Integer> changes = new TreeMap<>();
        for (Trail.Span span : profile.raw().spans()) {
            if (span.stage() == Stage.ENGINE) {
                changes.merge(span.start(), 1, Integer::sum);
                changes.merge(span.end(), -1, Integer::sum);
            }
        }
        int now = 0;
        for (Map.Entry<Long, Integer> change : changes.entrySet()) {
            now += change.getValue();
            counter("frames in the engine", change.getKey(), now);
        }
    }

    private void counter(String name, long nanos, double value) throws IOException {
        if (nanos >= origin) {
            begin("C", name, 0).name("ts").value((nanos - origin) / MICROS).name("args");
            json.beginObject().name("value").value(value).endObject().endObject();
        }
    }
}
