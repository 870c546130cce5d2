package dev.handsover;

import dev.handsover.composite.Compositor;
import dev.handsover.composite.CpuCompositor;
import dev.handsover.composite.GlCompositor;
import dev.handsover.composite.Layers;
import dev.handsover.composite.Look;
import dev.handsover.frame.PictureFormat;

/** Chooses what draws. */
final class Compositors {
    private Compositors() {}

    static Compositor open(
            Settings.CompositorChoice choice, PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        return switch (choice) {
            case AUTO, CPU -> new CpuCompositor(frames, canvas, look, layers);
            case GL -> new GlCompositor(frames, canvas, look, layers);
        };
    }
}
