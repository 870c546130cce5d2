package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_CLAMP_TO_EDGE;
import static org.lwjgl.opengl.GL33C.GL_LINEAR;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_MAG_FILTER;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_MIN_FILTER;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_WRAP_S;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_WRAP_T;
import static org.lwjgl.opengl.GL33C.glBindSampler;
import static org.lwjgl.opengl.GL33C.glDeleteSamplers;
import static org.lwjgl.opengl.GL33C.glGenSamplers;
import static org.lwjgl.opengl.GL33C.glSamplerParameteri;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import org.jspecify.annotations.Nullable;

/**
 * Planes on the graphics device, converted and scaled by the shader as they are drawn: uploaded, or those of a place that engines
 * share with the window. For the context's thread.
 */
final class ShadedPicture implements ScreenPicture {
    private static final int MOST_TAPS = 4;
    private static final GlPlane[] NONE = {};

    private final boolean seeThrough;
    private final GlProgram show = new GlProgram("show");
    private final int smooth = glGenSamplers();
    private @Nullable PictureFormat format;
    private GlPlane[] planes = NONE;
    private WindowShare.@Nullable Place place;
    private float[] toRgb = new float[12];

    /** @param seeThrough whether what is behind the window shows where nothing is drawn */
    ShadedPicture(boolean seeThrough) {
        this.seeThrough = seeThrough;
        GlCount.made();
        glSamplerParameteri(smooth, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
        glSamplerParameteri(smooth, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
        glSamplerParameteri(smooth, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
        glSamplerParameteri(smooth, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    }

    /** Draws from that place until something else is taken. */
    void take(WindowShare.Place shown) {
        shown.hold();
        letGo();
        place = shown;
        planes = shown.shown();
        toRgb = GlBlend.toRgb(shown.format.color());
        format = shown.format;
    }

    /** Draws from no place any more. */
    void letGo() {
        if (place != null) {
            place.release();
            place = null;
        } else {
            for (GlPlane plane : planes) {
                plane.close();
            }
        }
        planes = NONE;
        format = null;
    }

    @Override
    public void take(Frame picture) {
        if (place != null || !picture.format().equals(format)) {
            letGo();
            PictureFormat fresh = picture.format();
            planes = new GlPlane[fresh.planes()];
            for (int i = 0; i < planes.length; i++) {
                planes[i] = new GlPlane(fresh.planeWidth(i), fresh.planeHeight(i), Kind.CODE);
            }
            toRgb = GlBlend.toRgb(fresh.color());
            format = fresh;
        }
        for (int i = 0; i < planes.length; i++) {
            planes[i].upload(picture.address(i), picture.stride(i));
        }
    }

    @Override
    public @Nullable PictureFormat format() {
        return format;
    }

    @Override
    public void draw(int left, int bottom, int width, int height) {
        PictureFormat shown = format;
        if (shown == null) {
            return;
        }
        float shrunk = Math.max((float) shown.width() / width, (float) shown.height() / height);
        int shift = shown.chroma().shift;
        show.use();
        show.with("luma", planes[0]).with("cb", planes[1]).with("cr", planes[2]);
        if (shown.alpha()) {
            show.with("alpha", planes[Frame.A]);
        }
        for (int unit = 0; unit < planes.length; unit++) {
            glBindSampler(unit, smooth);
        }
        show.with("to_rgb", toRgb)
                .with("corner", left, bottom)
                .size("extent", width, height)
                .size(
                        "chroma_part",
                        (float) shown.width() / (shown.planeWidth(1) << shift),
                        (float) shown.height() / (shown.planeHeight(1) << shift))
                .with("taps", Math.clamp((int) Math.ceil(shrunk - 0.01f), 1, MOST_TAPS))
                .with("see_through", !shown.alpha() ? 0 : seeThrough ? 1 : 2)
                .with("square", (float) SQUARE * width / shown.width())
                .size("board", LIGHT / 255f, DARK / 255f)
                .draw(left, bottom, width, height);
        for (int unit = 0; unit < planes.length; unit++) {
            glBindSampler(unit, 0);
        }
        if (place != null) {
            place.drawn();
        }
    }

    @Override
    public void close() {
        letGo();
        show.close();
        glDeleteSamplers(smooth);
        GlCount.freed();
    }
}
