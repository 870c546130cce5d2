package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;

/** Seam: blends planar YUV with OpenGL. */
public final class GlCompositor implements Compositor {
    public GlCompositor(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        throw new UnsupportedOperationException();
    }

    /** LWJGL's version. */
    public static String version() {
        return org.lwjgl.Version.getVersion();
    }

    @Override
    public void compose(Frame frame, Matte matte, Mask mask, Frame picture) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PictureFormat canvas() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String describe() {
        return "gl";
    }

    @Override
    public void close() {}
}
