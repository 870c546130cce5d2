package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import org.jspecify.annotations.Nullable;

/** A layer's pictures on the graphics device, brought there only when they are others. */
final class GlGraphic {
    private final GlPasses passes;
    private final Pictures pictures;
    private final GlPlane[] planes;
    private final @Nullable GlPlane halved;
    private @Nullable Frame known;
    private long knownTime = Long.MIN_VALUE;
    private final GlBlend.AlphaOf alphas = this::alphaOf;

    /** @param format of the pictures */
    GlGraphic(GlPasses passes, Pictures pictures, PictureFormat format) {
        this.passes = passes;
        this.pictures = pictures;
        this.planes = passes.picture(format);
        boolean apart = format.alpha() && format.chroma() == PictureFormat.Chroma.C420;
        this.halved = apart ? passes.plane(format.planeWidth(1), format.planeHeight(1), Kind.CODE) : null;
    }

    /** The picture at that time, Y, U, V (and alpha). */
    GlPlane[] at(long timeNanos) {
        Frame frame = pictures.at(timeNanos);
        if (frame != known || !pictures.still() && timeNanos != knownTime) {
            for (int plane = 0; plane < planes.length; plane++) {
                planes[plane].upload(frame.address(plane), frame.stride(plane));
            }
            if (halved != null) {
                passes.pass("halve").with("alpha", planes[Frame.A]).draw(halved);
            }
        }
        known = frame;
        knownTime = timeNanos;
        return planes;
    }

    /** Alpha for each plane's samples. */
    GlBlend.AlphaOf alphas() {
        return alphas;
    }

    private GlPlane alphaOf(int plane) {
        return halved != null && (plane == Frame.U || plane == Frame.V) ? halved : planes[Frame.A];
    }
}
