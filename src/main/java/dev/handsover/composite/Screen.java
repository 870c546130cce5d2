package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_BLEND;
import static org.lwjgl.opengl.GL33C.GL_COLOR_BUFFER_BIT;
import static org.lwjgl.opengl.GL33C.GL_DITHER;
import static org.lwjgl.opengl.GL33C.GL_FRAMEBUFFER;
import static org.lwjgl.opengl.GL33C.GL_ONE;
import static org.lwjgl.opengl.GL33C.GL_ONE_MINUS_SRC_ALPHA;
import static org.lwjgl.opengl.GL33C.GL_RENDERER;
import static org.lwjgl.opengl.GL33C.glBindFramebuffer;
import static org.lwjgl.opengl.GL33C.glBindVertexArray;
import static org.lwjgl.opengl.GL33C.glBlendFunc;
import static org.lwjgl.opengl.GL33C.glClear;
import static org.lwjgl.opengl.GL33C.glClearColor;
import static org.lwjgl.opengl.GL33C.glDeleteVertexArrays;
import static org.lwjgl.opengl.GL33C.glDisable;
import static org.lwjgl.opengl.GL33C.glEnable;
import static org.lwjgl.opengl.GL33C.glGenVertexArrays;
import static org.lwjgl.opengl.GL33C.glGetString;
import static org.lwjgl.opengl.GL33C.glViewport;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import org.jspecify.annotations.Nullable;

/**
 * Draws a window's inside: the last picture with its aspect kept, and the {@link Overlay} over it. For the thread whose context
 * it is; row 0 of all places is the window's top, in pixels of its framebuffer.
 */
final class Screen implements AutoCloseable {
    private final Overlay overlay;
    private final boolean seeThrough;
    private final ScreenPicture uploaded;
    /** Draws from planes that the window shares; may be the same. */
    private @Nullable ShadedPicture shared;

    private ScreenPicture picture;
    private final int vertices = glGenVertexArrays();
    private int width = 1;
    private int height = 1;

    /** @param seeThrough whether what is behind the window shows where nothing is drawn */
    Screen(boolean seeThrough, Overlay overlay) {
        this(
                seeThrough,
                overlay,
                GlContext.software(String.valueOf(glGetString(GL_RENDERER)))
                        ? new ConvertedPicture(seeThrough)
                        : new ShadedPicture(seeThrough));
    }

    Screen(boolean seeThrough, Overlay overlay, ScreenPicture picture) {
        this.overlay = overlay;
        this.seeThrough = seeThrough;
        this.uploaded = picture;
        this.picture = picture;
        GlCount.made();
        glBindVertexArray(vertices);
        glDisable(GL_DITHER);
        glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
        glClearColor(0, 0, 0, seeThrough ? 0 : 1);
    }

    /** Takes a picture's pixels in, or the place where they are on the device; the frame may be reused after that. */
    void take(Frame frame) {
        if (frame.onDevice() instanceof WindowShare.Place place) {
            ShadedPicture from = shared;
            if (from == null) {
                from = uploaded instanceof ShadedPicture same ? same : new ShadedPicture(seeThrough);
                shared = from;
            }
            from.take(place);
            picture = from;
            return;
        }
        uploaded.take(frame);
        if (shared != null && shared != uploaded) {
            shared.letGo();
        }
        picture = uploaded;
    }

    /**
     * Says how large the framebuffer is.
     *
     * @param scale pixels of the framebuffer for one of a screen of ordinary density
     */
    void size(int newWidth, int newHeight, float scale) {
        width = Math.max(1, newWidth);
        height = Math.max(1, newHeight);
        overlay.size(width, height, scale);
    }

    /** Left, top, width and height of the picture: as large as fits, in the middle. */
    int[] picture() {
        PictureFormat shown = picture.format();
        return shown == null ? new int[] {0, 0, width, height} : fit(shown.displayAspect(), width, height);
    }

    /** Left, top, width and height of a picture of that aspect in a window. */
    static int[] fit(double aspect, int width, int height) {
        int across = Math.clamp(Math.round(height * aspect), 1, width);
        int down = Math.clamp(Math.round(width / aspect), 1, height);
        return new int[] {(width - across) / 2, (height - down) / 2, across, down};
    }

    /**
     * Draws everything anew.
     *
     * @param four corners as they stand now, or null
     * @param held the corner that the mouse holds, or −1
     */
    void draw(Look.Placement.@Nullable Corners four, int held) {
        int[] at = picture();
        glBindFramebuffer(GL_FRAMEBUFFER, 0);
        glViewport(0, 0, width, height);
        if (picture.format() == null || at[2] < width || at[3] < height) {
            glClear(GL_COLOR_BUFFER_BIT);
        }
        picture.draw(at[0], height - at[1] - at[3], at[2], at[3]);
        glEnable(GL_BLEND);
        if (four != null) {
            overlay.draw(four, at, held);
        }
        overlay.draw();
        glDisable(GL_BLEND);
    }

    @Override
    public void close() {
        uploaded.close();
        if (shared != null && shared != uploaded) {
            shared.close();
        }
        glDeleteVertexArrays(vertices);
        GlCount.freed();
    }
}
