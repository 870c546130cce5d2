package dev.handsover.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * When the Java machine stood still, as its flight recorder saw it: every operation at a safepoint, collections among them. With
 * a file, the whole recording is kept there, our own events among it.
 */
public final class Pauses implements AutoCloseable {
    private final Recording recording;
    private final @Nullable Path file;
    private final long originNanos = System.nanoTime();
    private final Instant origin = Instant.now();
    private final List<Pause> pauses = new ArrayList<>();

    /**
     * One standstill.
     *
     * @param startNanos by {@link System#nanoTime}
     * @param why the operation, as HotSpot names it
     */
    public record Pause(long startNanos, long nanos, String why) {}

    private Pauses(Recording recording, @Nullable Path file) {
        this.recording = recording;
        this.file = file;
    }

    /**
     * Starts the recorder.
     *
     * @param file keeps everything that the machine's own profile configuration records; null keeps nothing
     */
    public static Pauses begin(@Nullable Path file) throws IOException {
        Recording recording;
        try {
            recording = file == null ? new Recording() : new Recording(Configuration.getConfiguration("profile"));
        } catch (java.text.ParseException e) {
            throw new IOException("the Java machine's own configuration cannot be read", e);
        }
        recording.setSettings(with(recording.getSettings()));
        recording.setToDisk(true);
        recording.start();
        return new Pauses(recording, file);
    }

    private static Map<String, String> with(Map<String, String> before) {
        Map<String, String> settings = new java.util.HashMap<>(before);
        settings.put("jdk.ExecuteVMOperation#enabled", "true");
        settings.put("jdk.ExecuteVMOperation#threshold", "0 ns");
        settings.put("handsover.Stage#enabled", "true");
        settings.put("handsover.Frame#enabled", "true");
        return settings;
    }

    /** Ends the recording and reads what it saw. */
    public void end() throws IOException {
        recording.stop();
        Path kept = file == null ? Files.createTempFile("handsover", ".jfr") : file;
        try {
            recording.dump(kept);
            for (RecordedEvent event : RecordingFile.readAllEvents(kept)) {
                if (event.getEventType().getName().equals("jdk.ExecuteVMOperation") && event.getBoolean("safepoint")) {
                    long start = originNanos
                            + Duration.between(origin, event.getStartTime()).toNanos();
                    pauses.add(new Pause(
                            start, event.getDuration().toNanos(), String.valueOf(event.getString("operation"))));
                }
            }
        } finally {
            if (file == null) {
                Files.deleteIfExists(kept);
            }
        }
    }

    /** All standstills, after {@link #end}. */
    public List<Pause> pauses() {
        return List.copyOf(pauses);
    }

    @Override
    public void close() {
        recording.close();
    }
}
