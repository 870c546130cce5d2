package dev.handsover.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code gpu-check} found, as one JSON object and one Markdown page that grow together; told on the way. */
final class GpuReport {
    private final PrintWriter told;
    private final JsonObject object = new JsonObject();
    private final List<String> lines = new ArrayList<>();
    private JsonArray rows = new JsonArray();

    GpuReport(PrintWriter told) {
        this.told = told;
        lines.add("# What this machine does");
        lines.add("");
    }

    /** One thing by its name. */
    void fact(String name, String value) {
        object.addProperty(name, value);
        if (lines.getLast().startsWith("|")) {
            lines.add("");
        }
        lines.add("- " + name + ": " + value);
        say(name + ": " + value);
    }

    void say(String line) {
        told.println(line);
        told.flush();
    }

    /** Begins a table, whose rows follow. */
    void table(String key, String title, String... columns) {
        rows = new JsonArray();
        object.add(key, rows);
        lines.add("");
        lines.add("## " + title);
        lines.add("");
        lines.add("| " + String.join(" | ", columns) + " |");
        lines.add("| " + "--- | ".repeat(columns.length).strip());
    }

    /** The rows of a table so far; none of one that was never begun. */
    JsonArray rows(String key) {
        JsonArray known = object.getAsJsonArray(key);
        return known == null ? new JsonArray() : known;
    }

    /** One row: the object for programs, and its cells for people. */
    void row(JsonObject row, Object... cells) {
        rows.add(row);
        List<String> words = new ArrayList<>();
        for (Object cell : cells) {
            words.add(cell instanceof Double number ? String.format(Locale.ROOT, "%.2f", number) : cell.toString());
        }
        lines.add("| " + String.join(" | ", words) + " |");
        say(String.join("  ", words));
    }

    /** Writes both and returns the page's place. */
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String json = new GsonBuilder()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(object);
        Files.writeString(folder.resolve("gpu-check.json"), json + "\n");
        return Files.writeString(folder.resolve("gpu-check.md"), String.join("\n", lines) + "\n");
    }
}
