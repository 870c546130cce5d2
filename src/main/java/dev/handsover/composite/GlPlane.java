package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_CLAMP_TO_EDGE;
import static org.lwjgl.opengl.GL33C.GL_COLOR;
import static org.lwjgl.opengl.GL33C.GL_COLOR_ATTACHMENT0;
import static org.lwjgl.opengl.GL33C.GL_COLOR_ATTACHMENT1;
import static org.lwjgl.opengl.GL33C.GL_FLOAT;
import static org.lwjgl.opengl.GL33C.GL_FRAMEBUFFER;
import static org.lwjgl.opengl.GL33C.GL_FRAMEBUFFER_COMPLETE;
import static org.lwjgl.opengl.GL33C.GL_HALF_FLOAT;
import static org.lwjgl.opengl.GL33C.GL_NEAREST;
import static org.lwjgl.opengl.GL33C.GL_PACK_ALIGNMENT;
import static org.lwjgl.opengl.GL33C.GL_PACK_ROW_LENGTH;
import static org.lwjgl.opengl.GL33C.GL_R16F;
import static org.lwjgl.opengl.GL33C.GL_R32F;
import static org.lwjgl.opengl.GL33C.GL_R8;
import static org.lwjgl.opengl.GL33C.GL_RED;
import static org.lwjgl.opengl.GL33C.GL_RG;
import static org.lwjgl.opengl.GL33C.GL_RG8;
import static org.lwjgl.opengl.GL33C.GL_RGBA;
import static org.lwjgl.opengl.GL33C.GL_RGBA32F;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_2D;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_MAG_FILTER;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_MIN_FILTER;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_WRAP_S;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_WRAP_T;
import static org.lwjgl.opengl.GL33C.GL_UNPACK_ALIGNMENT;
import static org.lwjgl.opengl.GL33C.GL_UNPACK_ROW_LENGTH;
import static org.lwjgl.opengl.GL33C.GL_UNSIGNED_BYTE;
import static org.lwjgl.opengl.GL33C.glBindFramebuffer;
import static org.lwjgl.opengl.GL33C.glBindTexture;
import static org.lwjgl.opengl.GL33C.glCheckFramebufferStatus;
import static org.lwjgl.opengl.GL33C.glClearBufferfv;
import static org.lwjgl.opengl.GL33C.glDeleteFramebuffers;
import static org.lwjgl.opengl.GL33C.glDeleteTextures;
import static org.lwjgl.opengl.GL33C.glDrawBuffers;
import static org.lwjgl.opengl.GL33C.glFramebufferTexture2D;
import static org.lwjgl.opengl.GL33C.glGenFramebuffers;
import static org.lwjgl.opengl.GL33C.glGenTextures;
import static org.lwjgl.opengl.GL33C.glPixelStorei;
import static org.lwjgl.opengl.GL33C.glReadPixels;
import static org.lwjgl.opengl.GL33C.glTexImage2D;
import static org.lwjgl.opengl.GL33C.glTexParameteri;
import static org.lwjgl.opengl.GL33C.glTexSubImage2D;
import static org.lwjgl.opengl.GL33C.glViewport;

import org.jspecify.annotations.Nullable;

/** A plane in the memory of the graphics device, to be read and, once it was drawn into, to be drawn into. */
final class GlPlane implements GlPasses.GlPart {
    /** What a sample is. */
    enum Kind {
        /** One code. */
        CODE(GL_R8, GL_RED, GL_UNSIGNED_BYTE),
        /** Two codes side by side, as NV12 has its chroma. */
        CODES(GL_RG8, GL_RG, GL_UNSIGNED_BYTE),
        /** One number of 16 bits. */
        HALF(GL_R16F, GL_RED, GL_HALF_FLOAT),
        /** One number. */
        NUMBER(GL_R32F, GL_RED, GL_FLOAT),
        /** Four numbers. */
        NUMBERS(GL_RGBA32F, GL_RGBA, GL_FLOAT);

        private final int internal;
        private final int layout;
        private final int type;

        Kind(int internal, int layout, int type) {
            this.internal = internal;
            this.layout = layout;
            this.type = type;
        }
    }

    final int width;
    final int height;
    private final Kind kind;
    private final int texture;
    private final @Nullable GlPlane second;
    private final boolean borrowed;
    private final float[] clear = new float[4];
    private int framebuffer;

    GlPlane(int width, int height, Kind kind) {
        this(width, height, kind, null);
    }

    /** @param second plane that a pass with two results fills at the same time; stays the caller's */
    GlPlane(int width, int height, Kind kind, @Nullable GlPlane second) {
        this.width = width;
        this.height = height;
        this.kind = kind;
        this.second = second;
        this.borrowed = false;
        this.texture = made(width, height, kind);
    }

    /** One code a sample, in a texture of another context that shares its objects with this one; it stays the other's. */
    GlPlane(int texture, int width, int height) {
        this.width = width;
        this.height = height;
        this.kind = Kind.CODE;
        this.second = null;
        this.borrowed = true;
        this.texture = texture;
    }

    /** A texture of its own for who shares it. */
    static int made(int width, int height, Kind kind) {
        int texture = glGenTextures();
        glBindTexture(GL_TEXTURE_2D, texture);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
        glTexImage2D(GL_TEXTURE_2D, 0, kind.internal, width, height, 0, kind.layout, kind.type, 0L);
        GlCount.made();
        return texture;
    }

    int texture() {
        return texture;
    }

    /** OpenGL's name for what a sample is. */
    int internal() {
        return kind.internal;
    }

    /** Brings the samples into the bound pack buffer from {@code offset} on, rows without gaps. */
    void pack(long offset) {
        bindAsTarget();
        glPixelStorei(GL_PACK_ALIGNMENT, 1);
        glPixelStorei(GL_PACK_ROW_LENGTH, 0);
        glReadPixels(0, 0, width, height, kind.layout, kind.type, offset);
    }

    /**
     * Takes samples in.
     *
     * @param address in client memory, or an offset into the bound unpack buffer
     * @param rowSamples from row to row
     */
    void upload(long address, int rowSamples) {
        glBindTexture(GL_TEXTURE_2D, texture);
        glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
        glPixelStorei(GL_UNPACK_ROW_LENGTH, rowSamples);
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, kind.layout, kind.type, address);
    }

    void bindAsTarget() {
        if (framebuffer == 0) {
            framebuffer = glGenFramebuffers();
            GlCount.made();
            glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
            glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
            if (second != null) {
                glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1, GL_TEXTURE_2D, second.texture, 0);
                glDrawBuffers(new int[] {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1});
            }
            int status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
            if (status != GL_FRAMEBUFFER_COMPLETE) {
                throw new IllegalStateException("OpenGL cannot draw into " + kind + " planes: " + status);
            }
        }
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
        glViewport(0, 0, width, height);
    }

    /** Fills it with one code. */
    void fill(int code) {
        bindAsTarget();
        clear[0] = code / 255f;
        glClearBufferfv(GL_COLOR, 0, clear);
        GlCount.pass();
    }

    @Override
    public void close() {
        if (framebuffer != 0) {
            glDeleteFramebuffers(framebuffer);
            GlCount.freed();
        }
        if (!borrowed) {
            glDeleteTextures(texture);
            GlCount.freed();
        }
    }
}
