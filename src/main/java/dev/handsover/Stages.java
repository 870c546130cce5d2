package dev.handsover;

import dev.handsover.capture.LayerPictures;
import dev.handsover.composite.Layers;
import dev.handsover.composite.Look;
import dev.handsover.engine.Engine;
import dev.handsover.engine.HostEngine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.frame.StreamFormat;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.profile.Latency;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import dev.handsover.sink.Sinks;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The stages of one run, opened for a source's format and closed in reverse. */
record Stages(Engine engine, Sinks sinks, Deque<AutoCloseable> opened) implements AutoCloseable {
    /** More frames at once than this gain nothing: the encoder is one thread. */
    private static final int MOST_WORKERS = 4;

    /** Opens all; throws a {@code Failure} when one cannot be opened, after closing the others. */
    static Stages open(Settings settings, StreamFormat stream, Latency latency) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            PictureFormat frames = stream.picture();
            PictureFormat canvas = canvas(settings, frames);
            Layers layers = layers(settings, canvas, opened);
            int workers = workers(settings, stream);
            List<Segmenter> segmenters = Segmenter.open(
                    ModelCard.find(settings.model().name()),
                    frames,
                    settings.model().keep(),
                    workers + 1,
                    Math.max(1, settings.tuning().threads()),
                    settings.model().pixels());
            segmenters.forEach(opened::push);
            MatteRefiner refiner = new MatteRefiner(
                    segmenters.getFirst().width(), segmenters.getFirst().height(), settings.matte());
            opened.push(refiner);
            Compositors.Choice drawing =
                    Compositors.open(settings.tuning().compositor(), frames, canvas, settings.look(), layers);
            opened.push(drawing.compositor());
            Engine engine = new HostEngine(segmenters, refiner, drawing.compositor(), drawing.why(), latency);
            // the engine has taken them over
            opened.removeIf(each -> !(each instanceof Pictures));
            opened.push(engine);
            Sinks sinks = Sinks.open(
                    settings.outputs(),
                    canvas,
                    stream,
                    settings.encoding(),
                    settings.look().onlyMask() && !settings.look().colors(),
                    settings.force(),
                    latency);
            opened.push(sinks);
            return new Stages(engine, sinks, opened);
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private static int workers(Settings settings, StreamFormat stream) {
        if (stream.frames() == 1) {
            return 1;
        }
        int wanted = settings.tuning().workers();
        return wanted > 0 ? wanted : Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors());
    }

    private static PictureFormat canvas(Settings settings, PictureFormat frames) {
        Look look = settings.look();
        Settings.Size size = settings.size();
        PictureFormat canvas = frames.withAlpha(look.transparent());
        if (size == null) {
            return canvas;
        }
        if ((long) size.width() * size.height() > settings.capture().maxPixels()) {
            throw Failure.usage("--size " + size.width() + "x" + size.height() + " is more than "
                    + settings.capture().maxPixels() + " pixels; raise --max-pixels to write it.");
        }
        return canvas.withSize(size.width(), size.height());
    }

    private static Layers layers(Settings settings, PictureFormat canvas, Deque<AutoCloseable> opened) {
        Settings.LayerFiles files = settings.layers();
        Path behind = files.background();
        Pictures background = null;
        if (behind != null && !settings.look().onlyMask()) {
            background = LayerPictures.open(behind, canvas.withAlpha(false), files.fit(), files.slideEvery());
            opened.push(background);
        }
        return new Layers(
                background,
                graphics(files.under(), files, canvas, opened),
                graphics(files.over(), files, canvas, opened));
    }

    private static List<Pictures> graphics(
            List<Path> paths, Settings.LayerFiles files, PictureFormat canvas, Deque<AutoCloseable> opened) {
        List<Pictures> graphics = new ArrayList<>();
        for (Path path : paths) {
            Pictures pictures = LayerPictures.open(path, canvas.withAlpha(true), files.fit(), files.slideEvery());
            opened.push(pictures);
            graphics.add(pictures);
        }
        return graphics;
    }

    @Override
    public void close() {
        closeAll(opened);
    }

    private static void closeAll(Deque<AutoCloseable> opened) {
        RuntimeException first = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            } catch (Exception e) {
                throw new IllegalStateException("a stage throws what its close does not declare", e);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
