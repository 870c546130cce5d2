package dev.handsover.composite;

import static org.lwjgl.opengl.GL43C.GL_SHADER_STORAGE_BUFFER;
import static org.lwjgl.opengl.GL43C.glBindBuffer;
import static org.lwjgl.opengl.GL43C.glBufferData;
import static org.lwjgl.opengl.GL43C.glDeleteBuffers;
import static org.lwjgl.opengl.GL43C.glGenBuffers;

import dev.handsover.composite.GlPlane.Kind;
import org.jspecify.annotations.Nullable;
import org.lwjgl.opengl.GL43C;

/** A plane of one or four floats a cell on the graphics device: a buffer for compute shaders, a texture for fragment shaders. */
final class GlCells implements GlPasses.GlPart {
    final int width;
    final int height;
    private final int buffer;
    private final @Nullable GlPlane plane;

    /**
     * @param floats of a cell, 1 or 4
     * @param second plane that a pass with two results fills at the same time; stays the caller's
     */
    GlCells(boolean compute, int width, int height, int floats, @Nullable GlPlane second) {
        this.width = width;
        this.height = height;
        if (compute) {
            buffer = glGenBuffers();
            GlCount.made();
            glBindBuffer(GL_SHADER_STORAGE_BUFFER, buffer);
            glBufferData(GL_SHADER_STORAGE_BUFFER, 4L * floats * width * height, GL43C.GL_DYNAMIC_COPY);
            glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
            plane = null;
        } else {
            buffer = 0;
            Kind kind = floats == 1 ? Kind.NUMBER : Kind.NUMBERS;
            plane = new GlPlane(width, height, kind, second);
        }
    }

    int buffer() {
        return buffer;
    }

    GlPlane plane() {
        if (plane == null) {
            throw new IllegalStateException("these cells lie in a buffer");
        }
        return plane;
    }

    @Override
    public void close() {
        if (plane != null) {
            plane.close();
        } else {
            glDeleteBuffers(buffer);
            GlCount.freed();
        }
    }
}
