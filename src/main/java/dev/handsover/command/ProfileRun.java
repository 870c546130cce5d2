package dev.handsover.command;

import dev.handsover.Live;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Window;
import dev.handsover.frame.Failure;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Machine;
import dev.handsover.profile.Pauses;
import dev.handsover.profile.Profile;
import dev.handsover.profile.Trail;
import dev.handsover.profile.Vitals;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run with every span kept: what comes by the clock goes the live way, where late frames are lost and nothing steps down; all
 * else goes through as fast as it can.
 *
 * @param settings of the run
 * @param source as the user wrote it
 * @param paced the live way
 * @param frames at most so many; a recording may end before
 * @param window that shows the pictures of a live run, or null
 */
record ProfileRun(Settings settings, String source, boolean paced, long frames, Window.@Nullable Options window) {
    /** Spans that a frame leaves on its way, cards and lost frames reckoned in. */
    private static final int SPANS = 40;

    private static final int MOST_SPANS = 20_000_000;
    private static final int SOME_FRAMES = 1_000;

    /** What the run says of itself while it goes on. */
    private static final class Listener implements Pipeline.Watcher, Live.Viewer {
        private @Nullable StreamFormat stream;
        private String tier = "";

        @Override
        public void opened(StreamFormat newStream, String newTier, String outputs) {
            stream = newStream;
            tier = newTier;
        }

        @Override
        public void frame(long count, long timeNanos) {}

        @Override
        public void closed() {}

        @Override
        public void note(String line) {}

        long intervalNanos() {
            return stream == null ? 0 : Math.round(1e9 / stream.frameRate().value());
        }
    }

    /** Room for the spans of so many frames. */
    static Trail trail(long frames) {
        return new Trail((int) Math.min(MOST_SPANS, (frames + SOME_FRAMES) * SPANS));
    }

    /**
     * Runs to the end.
     *
     * @param flight keeps a recording of the Java machine and of our own events there, or null
     */
    Profile run(@Nullable Path flight) throws InterruptedException {
        Trail trail = trail(frames);
        Latency latency = new Latency(trail, flight != null);
        try (Pauses pauses = Pauses.begin(flight)) {
            Vitals vitals = Vitals.begin();
            Map<String, Long> drops;
            Listener listener = new Listener();
            try (vitals) {
                drops = paced ? live(listener, latency) : whole(listener, latency);
            }
            pauses.end();
            Profile profile = Profile.of(about(listener), trail, vitals.samples(), pauses.pauses(), drops);
            if (profile.ways().isEmpty()) {
                throw Failure.input("Not one frame came through, so there is nothing to measure; raise --frames.");
            }
            return profile;
        } catch (IOException e) {
            throw Failure.output(
                    "The flight recording cannot be written" + (flight == null ? "" : " to " + flight) + ": "
                            + e.getMessage() + ".",
                    e);
        }
    }

    private Map<String, Long> whole(Listener listener, Latency latency) throws InterruptedException {
        Pipeline pipeline = new Pipeline(settings, listener, latency);
        Pipeline.Summary summary = Interruption.run(pipeline);
        Map<String, Long> drops = new LinkedHashMap<>();
        drops.put("damaged", summary.lost());
        return drops;
    }

    private Map<String, Long> live(Listener listener, Latency latency) throws InterruptedException {
        LiveDesk desk = window == null ? null : new LiveDesk(listener, new LiveKeys(List.of(), false), false);
        Live.Viewer viewer = desk == null ? listener : desk;
        Live live = new Live(settings, new Live.Options(false, false, Duration.ZERO, frames, null), viewer, latency);
        Live.Summary summary = Interruption.run(
                new Interruption.Work<Live.Summary>() {
                    @Override
                    public Live.Summary run() throws InterruptedException {
                        return desk == null || window == null ? live.run() : desk.run(live, window);
                    }

                    @Override
                    public void stop() {
                        live.stop();
                    }
                },
                _ -> {});
        Map<String, Long> drops = new LinkedHashMap<>(summary.lost());
        drops.put("shown as cards", summary.cards());
        return drops;
    }

    private Profile.About about(Listener listener) {
        return new Profile.About(
                Machine.here(),
                List.of(new Versions().getVersion()),
                described(),
                listener.tier,
                listener.intervalNanos(),
                paced);
    }

    /** What changes the figures, by name: those that a person wants to read first. */
    private Map<String, String> described() {
        Map<String, String> named = new LinkedHashMap<>();
        Settings.ModelChoice model = settings.model();
        named.put("source", source);
        named.put("decoder", settings.capture().decoder().toString());
        named.put("pace", paced ? "by the clock" : "as fast as it goes");
        named.put(
                "model",
                model.name()
                        + (model.keep().isEmpty() ? "" : " keeping " + model.keep())
                        + (model.pixels() == 0 ? "" : ", " + model.pixels() + " pixels"));
        named.put(
                "outputs",
                String.join(", ", settings.outputs().stream().map(Output::name).toList()));
        named.put("look", settings.look().toString());
        named.put("layers", settings.layers().toString());
        named.put("matte", settings.matte().toString());
        named.put("tuning", settings.tuning().toString());
        named.put("size", String.valueOf(settings.size()));
        named.put("encoding", settings.encoding().toString());
        if (window != null) {
            named.put("window", window.width() + "×" + window.height());
        }
        return named;
    }

    /** The same run with other settings. */
    ProfileRun with(Settings other) {
        return new ProfileRun(other, source, paced, frames, window);
    }

    /** Runs once more, or with trials; what is written to files goes into a folder beside them that is removed. */
    Profile trial() throws InterruptedException {
        Path beside = settings.outputs().stream()
                .filter(ProfileRun::written)
                .flatMap(output -> output.place().stream())
                .map(path -> path.toAbsolutePath().getParent())
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (beside == null) {
            return run(null);
        }
        try (PassingFolder folder = PassingFolder.in(beside, ".handsover-trial-")) {
            List<Output> elsewhere = new ArrayList<>();
            for (Output output : settings.outputs()) {
                Path place = folder.path().resolve("" + elsewhere.size());
                elsewhere.add(written(output) ? moved(output, place) : output);
            }
            return with(settings.with(settings.source(), elsewhere)).run(null);
        } catch (IOException e) {
            throw Failure.output("Nothing can be written beside " + beside + ": " + e.getMessage() + ".", e);
        }
    }

    private static boolean written(Output output) {
        return output instanceof Output.Video
                || output instanceof Output.Sequence
                || output instanceof Output.Image
                || output instanceof Output.Folder;
    }

    /** The same kind of output in another folder, which is made. */
    private static Output moved(Output output, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path name = output.place().orElseThrow().getFileName();
        return output instanceof Output.Folder
                ? new Output.Folder(folder)
                : Output.parse(folder.resolve(name).toString());
    }

    /** What the user named, paced or not: cameras, screens and addresses are by nature. */
    static SourceSpec source(String text, boolean live) {
        SourceSpec plainly = SourceSpec.parse(text);
        if (!live && !(plainly instanceof SourceSpec.Network)) {
            return plainly;
        }
        boolean plain = text.startsWith("pattern:") && !text.contains("live=");
        SourceSpec spec = SourceSpec.parseLive(plain ? text + (text.contains("?") ? "&live=1" : "?live=1") : text);
        return spec instanceof SourceSpec.Live(SourceSpec.Video video, boolean _)
                ? new SourceSpec.Live(video, true)
                : spec;
    }
}
