package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_BGRA;
import static org.lwjgl.opengl.GL33C.GL_COLOR_ATTACHMENT0;
import static org.lwjgl.opengl.GL33C.GL_COLOR_BUFFER_BIT;
import static org.lwjgl.opengl.GL33C.GL_LINEAR;
import static org.lwjgl.opengl.GL33C.GL_NEAREST;
import static org.lwjgl.opengl.GL33C.GL_READ_FRAMEBUFFER;
import static org.lwjgl.opengl.GL33C.GL_RGBA8;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_2D;
import static org.lwjgl.opengl.GL33C.GL_UNPACK_ALIGNMENT;
import static org.lwjgl.opengl.GL33C.GL_UNPACK_ROW_LENGTH;
import static org.lwjgl.opengl.GL33C.GL_UNSIGNED_INT_8_8_8_8_REV;
import static org.lwjgl.opengl.GL33C.glBindFramebuffer;
import static org.lwjgl.opengl.GL33C.glBindTexture;
import static org.lwjgl.opengl.GL33C.glBlitFramebuffer;
import static org.lwjgl.opengl.GL33C.glDeleteFramebuffers;
import static org.lwjgl.opengl.GL33C.glDeleteTextures;
import static org.lwjgl.opengl.GL33C.glFramebufferTexture2D;
import static org.lwjgl.opengl.GL33C.glGenFramebuffers;
import static org.lwjgl.opengl.GL33C.glGenTextures;
import static org.lwjgl.opengl.GL33C.glPixelStorei;
import static org.lwjgl.opengl.GL33C.glTexImage2D;
import static org.lwjgl.opengl.GL33C.glTexSubImage2D;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * For OpenGL that the processor draws: pixels converted here once, then copied, which costs a fraction of what that OpenGL takes
 * for the shader. Chroma of the nearest sample. For the context's thread.
 */
final class ConvertedPicture implements ScreenPicture {
    private static final int FIXED = 16;

    private final boolean seeThrough;
    private final int texture = glGenTextures();
    private final int framebuffer = glGenFramebuffers();
    private final int[] perRed = new int[256];
    private final int[] perGreenOfU = new int[256];
    private final int[] perGreenOfV = new int[256];
    private final int[] perBlue = new int[256];
    private final int[] perLuma = new int[256];
    private @Nullable PictureFormat format;
    private Arena arena = Arena.ofConfined();
    private MemorySegment pixels = MemorySegment.NULL;
    private byte[] luma = new byte[0];
    private byte[] cb = new byte[0];
    private byte[] cr = new byte[0];
    private int[] row = new int[0];

    /** @param seeThrough whether what is behind the window shows where nothing is drawn */
    ConvertedPicture(boolean seeThrough) {
        this.seeThrough = seeThrough;
        GlCount.made();
        GlCount.made();
    }

    @Override
    public void take(Frame picture) {
        PictureFormat fresh = picture.format();
        if (!fresh.equals(format)) {
            prepare(fresh);
        }
        for (int y = 0; y < fresh.height(); y++) {
            convert(picture, y);
            if (fresh.alpha()) {
                premultiply(picture, y);
            }
            // rows from below, as the framebuffer has them
            long to = 4L * fresh.width() * (fresh.height() - 1 - y);
            MemorySegment.copy(row, 0, pixels, ValueLayout.JAVA_INT, to, fresh.width());
        }
        glBindTexture(GL_TEXTURE_2D, texture);
        glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
        glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
        glTexSubImage2D(
                GL_TEXTURE_2D,
                0,
                0,
                0,
                fresh.width(),
                fresh.height(),
                GL_BGRA,
                GL_UNSIGNED_INT_8_8_8_8_REV,
                pixels.address());
    }

    private void prepare(PictureFormat fresh) {
        arena.close();
        arena = Arena.ofConfined();
        pixels = arena.allocate(ValueLayout.JAVA_INT, (long) fresh.width() * fresh.height());
        luma = new byte[fresh.width()];
        cb = new byte[fresh.planeWidth(Frame.U)];
        cr = new byte[fresh.planeWidth(Frame.V)];
        row = new int[fresh.width()];
        format = fresh;
        glBindTexture(GL_TEXTURE_2D, texture);
        glTexImage2D(
                GL_TEXTURE_2D, 0, GL_RGBA8, fresh.width(), fresh.height(), 0, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, 0L);
        glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer);
        glFramebufferTexture2D(GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
        glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
        float[] m = fresh.color().toRgbMatrix();
        double one = 255 * (1 << FIXED);
        for (int code = 0; code < 256; code++) {
            perLuma[code] = (int) Math.round((m[0] * code + m[3] + m[2] * 128) * one) + (1 << FIXED - 1);
            perRed[code] = (int) Math.round(m[2] * (code - 128) * one);
            perGreenOfU[code] = (int) Math.round(m[5] * (code - 128) * one);
            perGreenOfV[code] = (int) Math.round(m[6] * (code - 128) * one);
            perBlue[code] = (int) Math.round(m[9] * (code - 128) * one);
        }
    }

    /** One row, opaque, into {@link #row}: arrays, since loops over them run several times as fast as over addresses. */
    private void convert(Frame picture, int y) {
        int shift = picture.format().chroma().shift;
        int width = picture.width();
        copy(picture, Frame.Y, y, luma);
        copy(picture, Frame.U, y >> shift, cb);
        copy(picture, Frame.V, y >> shift, cr);
        int side = 1 << shift;
        for (int x = 0; x < width; x += side) {
            int u = cb[x >> shift] & 255;
            int v = cr[x >> shift] & 255;
            int red = perRed[v];
            int green = perGreenOfU[u] + perGreenOfV[v];
            int blue = perBlue[u];
            int end = Math.min(width, x + side);
            for (int i = x; i < end; i++) {
                int gray = perLuma[luma[i] & 255];
                row[i] = 0xFF000000 | whole(gray + red) << 16 | whole(gray + green) << 8 | whole(gray + blue);
            }
        }
    }

    private static void copy(Frame picture, int plane, int y, byte[] to) {
        long from = (long) y * picture.stride(plane);
        int columns = picture.format().planeWidth(plane);
        MemorySegment.copy(picture.plane(plane), ValueLayout.JAVA_BYTE, from, to, 0, columns);
    }

    private static int whole(int fixed) {
        return Math.max(0, Math.min(255, fixed >> FIXED));
    }

    /** The row that was converted: alpha in, over the board where the window is opaque. */
    private void premultiply(Frame picture, int y) {
        copy(picture, Frame.A, y, luma);
        for (int x = 0; x < picture.width(); x++) {
            int alpha = luma[x] & 255;
            int gray = (x / SQUARE + y / SQUARE) % 2 == 0 ? LIGHT : DARK;
            int board = seeThrough ? 0 : gray * (255 - alpha);
            int red = ((row[x] >> 16 & 255) * alpha + board + 127) / 255;
            int green = ((row[x] >> 8 & 255) * alpha + board + 127) / 255;
            int blue = ((row[x] & 255) * alpha + board + 127) / 255;
            row[x] = (seeThrough ? alpha : 255) << 24 | red << 16 | green << 8 | blue;
        }
    }

    @Override
    public @Nullable PictureFormat format() {
        return format;
    }

    @Override
    public void draw(int left, int bottom, int width, int height) {
        PictureFormat shown = format;
        if (shown != null) {
            boolean same = shown.width() == width && shown.height() == height;
            glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer);
            glBlitFramebuffer(
                    0,
                    0,
                    shown.width(),
                    shown.height(),
                    left,
                    bottom,
                    left + width,
                    bottom + height,
                    GL_COLOR_BUFFER_BIT,
                    same ? GL_NEAREST : GL_LINEAR);
            glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
        }
    }

    @Override
    public void close() {
        arena.close();
        glDeleteFramebuffers(framebuffer);
        GlCount.freed();
        glDeleteTextures(texture);
        GlCount.freed();
    }
}
