package dev.handsover.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of the trace event format that viewers rely on, and draw nonsense without: bars of a thread lie side by side or one in
 * another; what begins ends; an arrow goes forwards in time from bar to bar; counters count; each row has a name.
 */
public final class TraceEvents {
    /** Microseconds; the decimals of a double. */
    private static final double SLACK = 1e-3;

    private final Map<Integer, List<JsonObject>> bars = new TreeMap<>();
    private final Map<String, JsonObject> begun = new HashMap<>();
    private final Map<String, List<JsonObject>> arrows = new TreeMap<>();
    private final Set<Integer> rows = new HashSet<>();
    private final Set<Integer> named = new HashSet<>();

    private TraceEvents() {}

    /** Fails where the text is no trace that a viewer draws as it is meant; how many bars it has. */
    public static int check(String text) {
        TraceEvents trace = new TraceEvents();
        for (JsonElement each : JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("traceEvents")) {
            trace.see(each.getAsJsonObject());
        }
        assertTrue(trace.named.containsAll(trace.rows), "a row without a name");
        assertEquals(Map.of(), trace.begun, "begun and never ended");
        trace.bars.values().forEach(TraceEvents::nested);
        trace.arrows.forEach((id, way) -> trace.forwards(id, way));
        return trace.bars.values().stream().mapToInt(List::size).sum();
    }

    private static double ts(JsonObject event) {
        return event.get("ts").getAsDouble();
    }

    private static double end(JsonObject event) {
        return ts(event) + event.get("dur").getAsDouble();
    }

    private void see(JsonObject event) {
        int row = event.get("tid").getAsInt();
        assertEquals(1, event.get("pid").getAsInt());
        String name = event.get("name").getAsString();
        String phase = event.get("ph").getAsString();
        if (phase.equals("M")) {
            JsonObject args = event.getAsJsonObject("args");
            assertTrue(args.has("name") || args.get("sort_index").getAsInt() >= 0, event.toString());
            if (name.equals("thread_name")) {
                named.add(row);
            }
            return;
        }
        rows.add(row);
        assertTrue(ts(event) >= 0, event.toString());
        switch (phase) {
            case "X" -> {
                assertTrue(event.get("dur").getAsDouble() >= 0, event.toString());
                bars.computeIfAbsent(row, _ -> new ArrayList<>()).add(event);
            }
            case "b" -> assertEquals(null, begun.put(key(event), event), "begun twice: " + event);
            case "e" -> {
                JsonObject from = begun.remove(key(event));
                assertTrue(from != null && ts(from) <= ts(event), "ended before it began: " + event);
            }
            case "s", "t", "f" ->
                arrows.computeIfAbsent(key(event), _ -> new ArrayList<>()).add(event);
            case "C" -> assertTrue(event.getAsJsonObject("args").get("value").getAsDouble() >= 0, event.toString());
            default -> throw new AssertionError("no such phase: " + event);
        }
    }

    private static String key(JsonObject event) {
        return event.get("cat").getAsString() + " " + event.get("id").getAsString() + " "
                + event.get("name").getAsString();
    }

    private static void nested(List<JsonObject> bars) {
        bars.sort(Comparator.<JsonObject>comparingDouble(TraceEvents::ts)
                .thenComparing(
                        Comparator.<JsonObject>comparingDouble(TraceEvents::end).reversed()));
        Deque<JsonObject> open = new ArrayDeque<>();
        for (JsonObject bar : bars) {
            while (!open.isEmpty() && end(open.peek()) <= ts(bar)) {
                open.pop();
            }
            assertTrue(
                    open.isEmpty() || end(bar) <= end(open.peek()),
                    () -> "bars overlap: " + open.peek() + " and " + bar);
            open.push(bar);
        }
    }

    private void forwards(String id, List<JsonObject> way) {
        double before = -1;
        for (int i = 0; i < way.size(); i++) {
            JsonObject event = way.get(i);
            String phase = i == 0 ? "s" : i == way.size() - 1 ? "f" : "t";
            assertEquals(phase, event.get("ph").getAsString(), id);
            assertTrue(ts(event) >= before, "backwards: " + event);
            before = ts(event);
            assertTrue(
                    bars.getOrDefault(event.get("tid").getAsInt(), List.of()).stream()
                            .anyMatch(bar -> ts(bar) <= ts(event) + SLACK && ts(event) <= end(bar) + SLACK),
                    "no bar where an arrow stands: " + event);
        }
    }
}
