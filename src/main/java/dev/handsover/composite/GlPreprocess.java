package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.TensorForm;

/**
 * A frame's planes to a network's input tensor on the graphics device. The cells' mean codes stay for the matte: those of the
 * last frame too, which tell what moved. For the context's thread.
 */
final class GlPreprocess {
    private static final int GROUP = 64;

    private final GlPasses passes;
    private final TensorForm form;
    private final float[] toRgb = new float[12];
    private final GlCells[] means = new GlCells[2];
    private int now;

    GlPreprocess(GlPasses passes, TensorForm form) {
        this.passes = passes;
        this.form = form;
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 4; column++) {
                toRgb[3 * column + row] = form.coefficients().get(4 * row + column);
            }
        }
        means[0] = passes.cells(form.width(), form.height(), 4);
        means[1] = passes.cells(form.width(), form.height(), 4);
    }

    /**
     * Averages planes over the cells; chroma may have any size.
     *
     * @param cr V; or the same plane as {@code cb}, of pairs
     */
    void see(GlPlane luma, GlPlane cb, GlPlane cr) {
        now = 1 - now;
        GlProgram pass = passes.cells("preprocess_means")
                .with("luma", luma)
                .with("cb", cb)
                .with("cr", cr)
                .with("cr_channel", cb == cr ? 1 : 0);
        if (passes.compute()) {
            pass.giving(means[now]);
        }
        pass.run(means[now]);
    }

    /** Mean codes of the frame seen last: Y, U, V, 0 of each cell. */
    GlCells means() {
        return means[now];
    }

    /** Of the frame before it. */
    GlCells before() {
        return means[1 - now];
    }

    /** Fills a buffer of {@link TensorForm#size} bytes, rounded up to four; compute shaders alone. */
    void fill(int buffer) {
        int words = (int) ((form.size() + 3) / 4);
        GlProgram pass = passes.computing("preprocess");
        pass.buffer(0, means[now].buffer()).buffer(1, buffer).with("words", words);
        figures(pass).dispatch((words + GROUP - 1) / GROUP, 1);
    }

    /** A plane whose samples, row by row, are the tensor; fragment shaders alone. */
    GlPlane plane() {
        Kind kind =
                switch (form.bytes()) {
                    case 4 -> Kind.NUMBER;
                    case 2 -> Kind.HALF;
                    default -> Kind.CODE;
                };
        return form.planar()
                ? passes.plane(form.width(), 3 * form.height(), kind)
                : passes.plane(3 * form.width(), form.height(), kind);
    }

    /** Draws that plane. */
    void fill(GlPlane tensor) {
        figures(passes.pass("preprocess").with("means", means[now].plane())).draw(tensor);
    }

    private GlProgram figures(GlProgram pass) {
        return pass.with("cells", form.width(), form.height())
                .with("planar", form.planar() ? 1 : 0)
                .with("bytes", form.bytes())
                .with("to_rgb", toRgb)
                .with("gain", figure(12), figure(14), figure(16))
                .with("bias", figure(13), figure(15), figure(17));
    }

    private float figure(int index) {
        return form.coefficients().get(index);
    }
}
