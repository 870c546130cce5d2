package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.ClassForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A network's output to probabilities and likeliest classes on the graphics device. For the context's thread. */
final class GlClassReader {
    private final GlPasses passes;
    private final ClassForm form;
    private final GlPlane kept;
    private final GlPlane likeliest;
    private final GlCells probability;
    private final int meaning;

    /**
     * @param width cells of the mask
     * @param height rows of cells of the mask
     */
    GlClassReader(GlPasses passes, ClassForm form, int width, int height) {
        this.passes = passes;
        this.form = form;
        this.meaning = switch (form.meaning()) {
            case PROBABILITY -> 0;
            case SIGMOID -> 1;
            case SOFTMAX -> 2;
        };
        this.kept = passes.plane(form.channels(), 1, Kind.CODE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(form.channels());
            for (int i = 0; i < form.channels(); i++) {
                flags.set(ValueLayout.JAVA_BYTE, i, (byte) (form.kept().get(i) ? 255 : 0));
            }
            kept.upload(flags.address(), form.channels());
        }
        this.likeliest = passes.plane(width, height, Kind.CODE);
        this.probability = passes.cells(likeliest);
    }

    /** A plane that takes the output's elements in their order, for {@link #read(GlPlane)}; fragment shaders alone. */
    GlPlane plane(Kind kind) {
        return form.cellStep() == 1
                ? passes.plane(form.width(), form.channels() * form.height(), kind)
                : passes.plane(form.width() * form.channels(), form.height(), kind);
    }

    /**
     * Reads the output where the network left it; compute shaders alone.
     *
     * @param bytes of an element, 4 or 2
     */
    void read(int buffer, int bytes) {
        figures(passes.cells("classes_read").buffer(0, buffer).with("raw_bytes", bytes))
                .giving(probability)
                .drawing(likeliest)
                .run(likeliest);
    }

    void read(GlPlane elements) {
        figures(passes.cells("classes_read").reading("raw", elements)).run(probability);
    }

    private GlProgram figures(GlProgram pass) {
        return pass.with("kept", kept)
                .with("channels", form.channels())
                .with("extent", form.width(), form.height())
                .with("cell_step", form.cellStep())
                .with("channel_step", form.channelStep())
                .size("scale", (float) form.scaleX(), (float) form.scaleY())
                .size("shift", (float) form.shiftX(), (float) form.shiftY())
                .with("activation", meaning);
    }

    GlCells probability() {
        return probability;
    }

    /** One code a cell. */
    GlPlane likeliest() {
        return likeliest;
    }
}
