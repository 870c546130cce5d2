package dev.handsover.command;

import dev.handsover.frame.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What runs over a folder began and finished there, one line each in a file of the folder that they write: {@code done DIGEST
 * NAME}. A line is added, never changed, so that a kill at any moment costs at most the work in hand. Any thread.
 */
final class DoneList {
    static final String NAME = ".handsover-done";
    private final Path file;
    private final Set<String> lines = new HashSet<>();
    private boolean cut;

    /** Reads what is there; an output {@code Failure} when it cannot be read. */
    DoneList(Path folder) {
        this.file = folder.resolve(NAME);
        try {
            if (Files.exists(file)) {
                // a last line that a kill cut off matches nothing
                String text = Files.readString(file, StandardCharsets.UTF_8);
                text.lines().forEach(lines::add);
                cut = !text.isEmpty() && !text.endsWith("\n");
            }
        } catch (IOException e) {
            throw Failure.output("The list " + file + " cannot be read: " + e.getMessage() + "; delete it.", e);
        }
    }

    /** Whether {@code name} was made whole of what {@code digest} stands for. */
    synchronized boolean done(String digest, String name) {
        return lines.contains("done " + digest + " " + name);
    }

    /** Whether any run here began to make {@code name}: then a file of that name is ours. */
    synchronized boolean begun(String name) {
        return lines.stream().anyMatch(line -> line.matches("begun [0-9a-f]{64} " + Pattern.quote(name)));
    }

    void begin(String digest, String name) {
        add("begun " + digest + " " + name);
    }

    void finish(String digest, String name) {
        add("done " + digest + " " + name);
    }

    private synchronized void add(String line) {
        if (!lines.add(line)) {
            return;
        }
        try {
            Files.writeString(
                    file, (cut ? "\n" : "") + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            cut = false;
        } catch (IOException e) {
            throw Failure.output("The list " + file + " cannot be written: " + e.getMessage() + ".", e);
        }
    }
}
