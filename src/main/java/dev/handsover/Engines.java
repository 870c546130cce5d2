package dev.handsover;

import dev.handsover.capture.LayerPictures;
import dev.handsover.composite.Layers;
import dev.handsover.engine.Engine;
import dev.handsover.engine.HostEngine;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.profile.Latency;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Opens engines: network, matte, layers and compositor of one set of settings, for frames and pictures of fixed formats. */
final class Engines {
    private Engines() {}

    /**
     * Opens an engine; throws a {@code Failure} when a part cannot be opened, after closing the others.
     *
     * @param frames format of the frames
     * @param pictures where finished pictures come from; stays the caller's
     * @param workers frames whose network runs at the same time
     * @param threads of ONNX Runtime for one frame
     */
    static Engine open(
            Settings settings, PictureFormat frames, FramePool pictures, int workers, int threads, Latency latency) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            List<Pictures> files = new ArrayList<>();
            Layers layers = layers(settings, pictures.format(), files, opened);
            List<Segmenter> segmenters = Segmenter.open(
                    ModelCard.find(settings.model().name()),
                    frames,
                    settings.model().keep(),
                    workers + 1,
                    threads,
                    settings.model().pixels());
            segmenters.forEach(opened::push);
            MatteRefiner refiner = new MatteRefiner(
                    segmenters.getFirst().width(), segmenters.getFirst().height(), settings.matte());
            opened.push(refiner);
            Compositors.Choice drawing = Compositors.open(
                    settings.tuning().compositor(), frames, pictures.format(), settings.look(), layers);
            opened.push(drawing.compositor());
            return new HostEngine(
                    frames,
                    segmenters,
                    settings.tuning().networkEvery(),
                    refiner,
                    new HostEngine.Drawing(drawing.compositor(), drawing.why(), files),
                    pictures,
                    latency);
        } catch (RuntimeException e) {
            Stages.closeAll(opened);
            throw e;
        }
    }

    private static Layers layers(
            Settings settings, PictureFormat canvas, List<Pictures> files, Deque<AutoCloseable> opened) {
        Settings.LayerFiles layers = settings.layers();
        Path behind = layers.background();
        Pictures background = null;
        if (behind != null && !settings.look().onlyMask()) {
            background = LayerPictures.open(behind, canvas.withAlpha(false), layers.fit(), layers.slideEvery());
            opened.push(background);
            files.add(background);
        }
        List<Pictures> under = graphics(layers.under(), layers, canvas, opened);
        List<Pictures> over = graphics(layers.over(), layers, canvas, opened);
        files.addAll(under);
        files.addAll(over);
        return new Layers(background, under, over);
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
}
