package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.ImageFiles;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder of pictures into a folder: a run for each picture, so that each keeps its own size and no picture lends its matte
 * to the next. A picture that cannot be read is passed over and counted as lost.
 */
final class PictureByPicture implements Interruption.Work<Pipeline.Summary> {
    private final Settings settings;
    private final Console console;
    private final Path folder;
    private final Map<Path, Path> places;
    private final Latency latency = new Latency();
    private final List<String> notes = new ArrayList<>();
    private volatile boolean stopped;
    private volatile @Nullable Pipeline current;
    private String tier = "";
    private List<Ladder.Fall> tiers = List.of();
    private final long begun = System.nanoTime();
    private long count;
    private long lost;

    /** Lists the pictures; throws an input {@code Failure} when there is none. */
    PictureByPicture(Settings settings, Console console) {
        if (!(settings.source() instanceof SourceSpec.Images(String pattern))
                || !(settings.outputs().getFirst() instanceof Output.Folder(Path path))) {
            throw new IllegalArgumentException("not pictures into a folder");
        }
        this.settings = settings;
        this.console = console;
        this.folder = path;
        List<Path> files = ImageFiles.list(pattern);
        long wanted = settings.capture().frames();
        this.places = places(wanted > 0 && wanted < files.size() ? files.subList(0, (int) wanted) : files, path);
    }

    /** Whether these settings mean pictures into one folder. */
    static boolean fits(Settings settings) {
        return settings.source() instanceof SourceSpec.Images
                && settings.outputs().size() == 1
                && settings.outputs().getFirst() instanceof Output.Folder;
    }

    /** Each under its own name; where two differ in their ending alone ({@code a.jpg, a.png}), that stays in the name. */
    private static Map<Path, Path> places(List<Path> files, Path folder) {
        List<String> stems = files.stream().map(PictureByPicture::stem).toList();
        Map<Path, Path> places = new LinkedHashMap<>();
        for (int i = 0; i < files.size(); i++) {
            boolean alone = Collections.frequency(stems, stems.get(i)) == 1;
            Path name = files.get(i).getFileName();
            places.put(files.get(i), folder.resolve((alone ? stems.get(i) : name.toString()) + ".png"));
        }
        return places;
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    @Override
    public void stop() {
        stopped = true;
        Pipeline running = current;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public Pipeline.Summary run() throws InterruptedException {
        boolean made = makeFolder();
        Failure unreadable = null;
        try {
            for (Map.Entry<Path, Path> each : places.entrySet()) {
                if (stopped) {
                    break;
                }
                try {
                    process(each.getKey(), each.getValue());
                } catch (Failure e) {
                    if (e.kind() != Failure.Kind.INPUT) {
                        throw e;
                    }
                    unreadable = e;
                    lost++;
                    notes.add(e.sentence());
                }
            }
        } finally {
            console.closed();
            if (made && count == 0) {
                removeFolder();
            }
        }
        if (count == 0 && unreadable != null) {
            throw unreadable;
        }
        return summary();
    }

    @Override
    public Pipeline.@Nullable Summary done() {
        return count == 0 ? null : summary();
    }

    private Pipeline.Summary summary() {
        Duration wall = Duration.ofNanos(System.nanoTime() - begun);
        List<String> outputs = List.of(Output.name(settings.outputs().getFirst()));
        return new Pipeline.Summary(
                count, Duration.ZERO, wall, lost, stopped, tier, tiers, outputs, List.copyOf(notes), latency);
    }

    private void process(Path file, Path place) throws InterruptedException {
        Settings one = settings.with(new SourceSpec.Video(file), List.of(new Output.Image(place)));
        Pipeline pipeline = new Pipeline(one, new OfMany(), latency);
        current = pipeline;
        if (stopped) {
            pipeline.stop();
        }
        Pipeline.Summary summary = pipeline.run();
        tier = summary.tier();
        tiers = summary.tiers();
        lost += summary.lost();
        Set<String> said = new LinkedHashSet<>(notes);
        said.addAll(summary.notes());
        notes.clear();
        notes.addAll(said);
    }

    private boolean makeFolder() {
        boolean made = !Files.exists(folder);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Failure.output("The folder " + folder + " cannot be made: " + e.getMessage() + ".", e);
        }
        return made;
    }

    private void removeFolder() {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // an empty folder that stays is no harm
        }
    }

    /** Tells of the many runs as of one. */
    private final class OfMany implements Pipeline.Watcher {
        @Override
        public void opened(StreamFormat stream, String how, String outputs) {
            if (tier.isEmpty()) {
                tier = how;
                StreamFormat all = new StreamFormat(
                        stream.picture(),
                        stream.timeBase(),
                        stream.frameRate(),
                        0,
                        places.size(),
                        false,
                        true,
                        List.of(),
                        Map.of());
                console.opened(
                        all,
                        how,
                        places.size() == 1
                                ? folder + " (1 picture)"
                                : String.format(Locale.ROOT, "%s (%d pictures)", folder, places.size()));
            }
        }

        @Override
        public void frame(long ofThis, long timeNanos) {
            console.frame(++count, 0);
        }

        @Override
        public void closed() {
            // the bar is closed after the last of them
        }

        @Override
        public void note(String line) {
            console.note(line);
        }
    }
}
