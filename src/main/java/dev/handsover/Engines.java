package dev.handsover;

import dev.handsover.capture.LayerPictures;
import dev.handsover.composite.GlPath;
import dev.handsover.composite.Layers;
import dev.handsover.composite.WindowShare;
import dev.handsover.engine.Engine;
import dev.handsover.engine.HostEngine;
import dev.handsover.engine.ResidentEngine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.profile.Latency;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.segment.resident.ResidentNetwork;
import dev.handsover.segment.resident.Tiers;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Opens engines: network, matte, layers and compositor of one set of settings, for frames and pictures of fixed formats. */
final class Engines {
    private Engines() {}

    /**
     * What an engine may use.
     *
     * @param workers frames whose network runs at the same time
     * @param threads of ONNX Runtime for one frame
     * @param window that may draw from its pictures, or null
     */
    record Means(int workers, int threads, @Nullable WindowShare window) {}

    /**
     * Opens the best engine that proves itself; throws a {@code Failure} when a part cannot be opened, after closing the others.
     *
     * @param frames format of the frames
     * @param pictures where finished pictures come from; stays the caller's
     */
    static Ladder<Engine> open(
            Settings settings, PictureFormat frames, FramePool pictures, Means means, Latency latency) {
        int workers = means.workers();
        int threads = means.threads();
        ModelCard card = ModelCard.find(settings.model().name());
        Tiers.Wish wish = settings.tuning().device();
        List<Ladder.Rung<Engine>> rungs = new ArrayList<>();
        // a way without a network has nothing for a card to run
        if (card.method() == null && beyondCpu(settings.tuning())) {
            card.kept(settings.model().keep());
            card.verify();
            Tiers.Around<Engine> around =
                    opening -> resident(settings, frames, pictures, opening, means.window(), latency);
            double aspect = frames.displayAspect();
            int pixels = settings.model().pixels();
            rungs.addAll(Tiers.rungs(wish, card, aspect, pixels, around));
            if (!wish.required() && (residentNamed(settings.tuning()) || workers == 1 && glAlone(settings.tuning()))) {
                rungs.add(new Ladder.Rung<>(
                        "gl+cpu", () -> around.open(Tiers.glCpu(wish, card, aspect, pixels, workers * threads))));
            }
        }
        try {
            Ladder<Engine> ladder = Ladder.climb(rungs, "cpu", passed -> {
                if (wish.required()) {
                    throw new ResidentNetwork.Refusal(Ladder.told(passed));
                }
                boolean tell =
                        wish.named() || residentNamed(settings.tuning()) || Tiers.nvidiaInSight() && !passed.isEmpty();
                return host(settings, frames, pictures, workers, threads, latency, tell ? told(wish, passed) : "");
            });
            boolean unseen = rungs.isEmpty() && card.method() == null && wish.device() == Tiers.Device.AUTO;
            return unseen ? ladder.after(Tiers.passed(unseen())) : ladder;
        } catch (ResidentNetwork.Refusal e) {
            throw Failure.device("No graphics card can run the network here: " + e.sentence()
                    + "; leave --require-gpu out to run it on the processor.");
        }
    }

    /** Why the processor runs the network; of what the user named it is said that it does not. */
    private static String told(Tiers.Wish wish, List<Ladder.Fall> passed) {
        String why = Ladder.told(passed);
        return wish.named() && !passed.isEmpty()
                ? "the processor runs the network, not " + wish.device().name().toLowerCase(Locale.ROOT) + " (" + why
                        + ")"
                : why;
    }

    /** Why nobody looked for a card. */
    private static String unseen() {
        return Tiers.nvidiaInSight() ? "--compositor cpu keeps everything on the processor" : Tiers.NO_CARD;
    }

    /** Whether anything but the processor alone may be tried; the user's word for a compositor of the processor is kept. */
    private static boolean beyondCpu(Settings.Tuning tuning) {
        return tuning.device().named()
                || residentNamed(tuning)
                || tuning.device().device() == Tiers.Device.AUTO
                        && tuning.compositor() != Settings.CompositorChoice.CPU
                        && (Tiers.nvidiaInSight() || glAlone(tuning));
    }

    private static boolean residentNamed(Settings.Tuning tuning) {
        return tuning.compositor() == Settings.CompositorChoice.RESIDENT;
    }

    /** With one frame at a time, a graphics device that is none of NVIDIA's still takes everything but the network. */
    private static boolean glAlone(Settings.Tuning tuning) {
        return tuning.device().device() == Tiers.Device.AUTO
                && tuning.compositor() != Settings.CompositorChoice.CPU
                && Compositors.hardware();
    }

    /** An engine around a network that proves itself in the engine's buffers. */
    private static Engine resident(
            Settings settings,
            PictureFormat frames,
            FramePool pictures,
            ResidentNetwork.Opening opening,
            @Nullable WindowShare window,
            Latency latency)
            throws ResidentNetwork.Refusal {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        boolean whole = false;
        try {
            List<Pictures> files = new ArrayList<>();
            Layers layers = layers(settings, pictures.format(), files, opened);
            int card = opening.inBuffers() ? settings.tuning().device().card() : -1;
            ResidentEngine.Wish wish = new ResidentEngine.Wish(
                    new GlPath.Drawing(frames, pictures.format(), settings.look(), layers),
                    files,
                    settings.model().keep(),
                    settings.matte(),
                    settings.tuning().networkEvery(),
                    new GlPath.Where(GlPath.Way.BEST, window, card));
            Engine engine = ResidentEngine.open(opening, wish, pictures, latency);
            whole = true;
            return engine;
        } catch (Failure e) {
            if (e.kind() != Failure.Kind.DEVICE) {
                throw e;
            }
            throw new ResidentNetwork.Refusal(e.sentence().replaceAll("\\.$", ""), e);
        } finally {
            if (!whole) {
                Stages.closeAll(opened);
            }
        }
    }

    /** @param told why nothing better runs; may be empty */
    private static Engine host(
            Settings settings,
            PictureFormat frames,
            FramePool pictures,
            int workers,
            int threads,
            Latency latency,
            String told) {
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
            String why = drawing.why() + (drawing.why().isEmpty() || told.isEmpty() ? "" : "; ") + told;
            return new HostEngine(
                    frames,
                    segmenters,
                    settings.tuning().networkEvery(),
                    refiner,
                    new HostEngine.Drawing(drawing.compositor(), why, files),
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
