package dev.handsover;

import dev.handsover.composite.Compositor;
import dev.handsover.composite.CpuCompositor;
import dev.handsover.composite.GlCompositor;
import dev.handsover.composite.Layers;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Chooses what draws: by the user's word, or by measuring both where there is a graphics device. */
final class Compositors {
    private static final int TRIALS = 7;
    private static final int CELLS = 32;

    private Compositors() {}

    /** An open compositor and how it came to be chosen, for people; empty when the user chose. */
    record Choice(Compositor compositor, String why) {}

    static Choice open(
            Settings.CompositorChoice choice, PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        return switch (choice) {
            case CPU -> new Choice(new CpuCompositor(frames, canvas, look, layers), "");
            case GL, RESIDENT -> new Choice(new GlCompositor(frames, canvas, look, layers), "");
            case AUTO -> measured(frames, canvas, look, layers);
        };
    }

    /** Whether OpenGL draws on a device that is not the processor. */
    static boolean hardware() {
        try {
            return deviceInSight() && GlCompositor.hardware();
        } catch (Failure e) {
            return false;
        }
    }

    private static Choice measured(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        Compositor cpu = new CpuCompositor(frames, canvas, look, layers);
        if (!deviceInSight()) {
            return new Choice(cpu, "no graphics device");
        }
        try {
            if (!GlCompositor.hardware()) {
                return new Choice(cpu, "OpenGL is software here");
            }
            Compositor gl = new GlCompositor(frames, canvas, look, layers);
            double cpuMillis = millis(cpu, frames);
            double glMillis = millis(gl, frames);
            String why = String.format(Locale.ROOT, "measured: cpu %.1f ms, gl %.1f ms a frame", cpuMillis, glMillis);
            (glMillis < cpuMillis ? cpu : gl).close();
            return new Choice(glMillis < cpuMillis ? gl : cpu, why);
        } catch (Failure e) {
            return new Choice(cpu, "OpenGL does not work here");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Choice(cpu, "not measured");
        }
    }

    /** Loading OpenGL costs a tenth of a second: not where Linux shows no device at all. */
    private static boolean deviceInSight() {
        boolean linux = System.getProperty("os.name").startsWith("Linux");
        return !linux || Files.exists(Path.of("/dev/dri")) || Files.exists(Path.of("/dev/nvidiactl"));
    }

    /** Median time of some pictures, whose matte covers the left half. */
    private static double millis(Compositor compositor, PictureFormat frames) throws InterruptedException {
        try (Arena arena = Arena.ofConfined();
                FramePool sources = new FramePool(frames, 1);
                FramePool pictures = new FramePool(compositor.canvas(), 1)) {
            MemorySegment zeros = arena.allocate(4L * CELLS * CELLS, 64);
            MemorySegment halves = arena.allocate(4L * CELLS * CELLS, 64);
            halves.asSlice(0, 2L * CELLS * CELLS).fill((byte) 0x3F);
            Matte matte = new Matte(CELLS, CELLS, zeros, halves, 1);
            Mask mask = new Mask(CELLS, CELLS, zeros, zeros, null);
            Frame frame = sources.take();
            frame.fill(120, 128, 128, 255);
            Frame picture = pictures.take();
            long[] nanos = new long[TRIALS];
            for (int i = 0; i < TRIALS; i++) {
                long start = System.nanoTime();
                compositor.compose(frame, matte, mask, picture);
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            return nanos[TRIALS / 2] / 1e6;
        }
    }
}
