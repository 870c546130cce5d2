package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_BLEND;
import static org.lwjgl.opengl.GL33C.GL_COLOR;
import static org.lwjgl.opengl.GL33C.GL_COMPILE_STATUS;
import static org.lwjgl.opengl.GL33C.GL_FRAGMENT_SHADER;
import static org.lwjgl.opengl.GL33C.GL_LINK_STATUS;
import static org.lwjgl.opengl.GL33C.GL_ONE;
import static org.lwjgl.opengl.GL33C.GL_POINTS;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE0;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_2D;
import static org.lwjgl.opengl.GL33C.GL_TRIANGLES;
import static org.lwjgl.opengl.GL33C.GL_VERTEX_SHADER;
import static org.lwjgl.opengl.GL33C.GL_WRITE_ONLY;
import static org.lwjgl.opengl.GL33C.glActiveTexture;
import static org.lwjgl.opengl.GL33C.glAttachShader;
import static org.lwjgl.opengl.GL33C.glBindBufferBase;
import static org.lwjgl.opengl.GL33C.glBindTexture;
import static org.lwjgl.opengl.GL33C.glBlendFunc;
import static org.lwjgl.opengl.GL33C.glClearBufferfv;
import static org.lwjgl.opengl.GL33C.glCompileShader;
import static org.lwjgl.opengl.GL33C.glCreateProgram;
import static org.lwjgl.opengl.GL33C.glCreateShader;
import static org.lwjgl.opengl.GL33C.glDeleteProgram;
import static org.lwjgl.opengl.GL33C.glDeleteShader;
import static org.lwjgl.opengl.GL33C.glDisable;
import static org.lwjgl.opengl.GL33C.glDrawArrays;
import static org.lwjgl.opengl.GL33C.glEnable;
import static org.lwjgl.opengl.GL33C.glGetProgramInfoLog;
import static org.lwjgl.opengl.GL33C.glGetProgrami;
import static org.lwjgl.opengl.GL33C.glGetShaderInfoLog;
import static org.lwjgl.opengl.GL33C.glGetShaderi;
import static org.lwjgl.opengl.GL33C.glGetUniformLocation;
import static org.lwjgl.opengl.GL33C.glLinkProgram;
import static org.lwjgl.opengl.GL33C.glShaderSource;
import static org.lwjgl.opengl.GL33C.glUniform1f;
import static org.lwjgl.opengl.GL33C.glUniform1i;
import static org.lwjgl.opengl.GL33C.glUniform2f;
import static org.lwjgl.opengl.GL33C.glUniform2fv;
import static org.lwjgl.opengl.GL33C.glUniform2i;
import static org.lwjgl.opengl.GL33C.glUniform2iv;
import static org.lwjgl.opengl.GL33C.glUniform3f;
import static org.lwjgl.opengl.GL33C.glUniformMatrix3fv;
import static org.lwjgl.opengl.GL33C.glUniformMatrix4x3fv;
import static org.lwjgl.opengl.GL33C.glUseProgram;
import static org.lwjgl.opengl.GL33C.glViewport;
import static org.lwjgl.opengl.GL42C.GL_BUFFER_UPDATE_BARRIER_BIT;
import static org.lwjgl.opengl.GL42C.GL_FRAMEBUFFER_BARRIER_BIT;
import static org.lwjgl.opengl.GL42C.GL_SHADER_IMAGE_ACCESS_BARRIER_BIT;
import static org.lwjgl.opengl.GL42C.GL_TEXTURE_FETCH_BARRIER_BIT;
import static org.lwjgl.opengl.GL42C.glBindImageTexture;
import static org.lwjgl.opengl.GL42C.glMemoryBarrier;
import static org.lwjgl.opengl.GL43C.GL_COMPUTE_SHADER;
import static org.lwjgl.opengl.GL43C.GL_SHADER_STORAGE_BARRIER_BIT;
import static org.lwjgl.opengl.GL43C.GL_SHADER_STORAGE_BUFFER;
import static org.lwjgl.opengl.GL43C.glDispatchCompute;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One pass: a fragment shader over all pixels of its target, or a compute shader. For the context's thread. Both kinds stand
 * here, since they share their text, and a fifth of the file is OpenGL's names.
 */
final class GlProgram implements AutoCloseable {
    private static final int BARRIERS = GL_SHADER_STORAGE_BARRIER_BIT
            | GL_SHADER_IMAGE_ACCESS_BARRIER_BIT
            | GL_TEXTURE_FETCH_BARRIER_BIT
            | GL_FRAMEBUFFER_BARRIER_BIT
            | GL_BUFFER_UPDATE_BARRIER_BIT;

    private final int program;
    private final boolean compute;
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, Input> inputs = new HashMap<>();
    private final int buffersRead;
    private static final float[] NOTHING = new float[4];
    private int units;
    private int given;
    private int drawn;

    /** A plane of cells that is read: its binding point, and the places of its uniforms. */
    private record Input(int binding, int size, int cells) {}

    /** @param name the fragment shader's file without its ending */
    GlProgram(String name) {
        this(name, GlSource::read);
    }

    /** @param files text of a shader by its file name */
    GlProgram(String name, UnaryOperator<String> files) {
        this("full.vert", name + ".frag", false, files);
    }

    /**
     * @param vertex file of the vertex shader; a compute shader has none
     * @param file {@code .frag}, {@code .comp} or {@code .cell}
     * @param compute whether the pass is a compute shader
     */
    GlProgram(String vertex, String file, boolean compute, UnaryOperator<String> files) {
        this.compute = compute;
        GlSource source = new GlSource(file, compute, files);
        int[] shaders = compute
                ? new int[] {compile(GL_COMPUTE_SHADER, source)}
                : new int[] {
                    compile(GL_VERTEX_SHADER, new GlSource(vertex, false, files)), compile(GL_FRAGMENT_SHADER, source)
                };
        program = glCreateProgram();
        for (int shader : shaders) {
            glAttachShader(program, shader);
        }
        glLinkProgram(program);
        for (int shader : shaders) {
            glDeleteShader(shader);
        }
        if (glGetProgrami(program, GL_LINK_STATUS) == 0) {
            String log = glGetProgramInfoLog(program);
            glDeleteProgram(program);
            throw new IllegalStateException("shader " + file + " does not link: " + log.strip());
        }
        GlCount.made();
        this.buffersRead = source.readCount();
        List<String> buffers = source.buffers();
        for (int i = 0; i < buffers.size(); i++) {
            inputs.put(buffers.get(i), input(buffers.get(i), i));
        }
    }

    private Input input(String name, int binding) {
        return new Input(
                binding, glGetUniformLocation(program, name + "_size"), glGetUniformLocation(program, name + "_cells"));
    }

    private static int compile(int kind, GlSource source) {
        int shader = glCreateShader(kind);
        glShaderSource(shader, source.text());
        glCompileShader(shader);
        if (glGetShaderi(shader, GL_COMPILE_STATUS) == 0) {
            String log = glGetShaderInfoLog(shader);
            glDeleteShader(shader);
            throw new IllegalStateException(source.explain(log));
        }
        return shader;
    }

    /** Begins a pass; uniforms and planes follow, then {@link #draw} or {@link #run}. */
    GlProgram use() {
        glUseProgram(program);
        units = 0;
        given = buffersRead;
        drawn = 0;
        return this;
    }

    private int place(String uniform) {
        Integer known = places.get(uniform);
        if (known == null) {
            known = glGetUniformLocation(program, uniform);
            places.put(uniform, known);
        }
        return known;
    }

    private Input cells(String name) {
        Input known = inputs.get(name);
        if (known == null) {
            known = input(name, 0);
            inputs.put(name, known);
        }
        return known;
    }

    GlProgram with(String uniform, GlPlane plane) {
        texture(place(uniform), plane);
        return this;
    }

    private void texture(int place, GlPlane plane) {
        glActiveTexture(GL_TEXTURE0 + units);
        glBindTexture(GL_TEXTURE_2D, plane.texture());
        glUniform1i(place, units++);
    }

    /** A plane of cells that a {@code .cell} file reads by that name. */
    GlProgram reading(String name, GlCells cells) {
        Input input = cells(name);
        glUniform2i(input.size, cells.width, cells.height);
        if (compute) {
            glBindBufferBase(GL_SHADER_STORAGE_BUFFER, input.binding, cells.buffer());
        } else {
            texture(input.cells, cells.plane());
        }
        return this;
    }

    /** A network's output as a plane of its elements, for fragment shaders. */
    GlProgram reading(String name, GlPlane elements) {
        Input input = cells(name);
        glUniform2i(input.size, elements.width, elements.height);
        texture(input.cells, elements);
        return this;
    }

    /** A buffer at a binding point of a compute shader. */
    GlProgram buffer(int binding, int buffer) {
        glBindBufferBase(GL_SHADER_STORAGE_BUFFER, binding, buffer);
        return this;
    }

    /** The next plane that a {@code .cell} file gives; fragment shaders get only the first, which knows the others. */
    GlProgram giving(GlCells cells) {
        glBindBufferBase(GL_SHADER_STORAGE_BUFFER, given++, cells.buffer());
        return this;
    }

    /** The next plane that a {@code .cell} file draws as a compute shader. */
    GlProgram drawing(GlPlane plane) {
        glBindImageTexture(drawn++, plane.texture(), 0, false, 0, GL_WRITE_ONLY, plane.internal());
        return this;
    }

    GlProgram with(String uniform, int value) {
        glUniform1i(place(uniform), value);
        return this;
    }

    GlProgram with(String uniform, float value) {
        glUniform1f(place(uniform), value);
        return this;
    }

    GlProgram with(String uniform, int x, int y) {
        glUniform2i(place(uniform), x, y);
        return this;
    }

    GlProgram size(String uniform, float x, float y) {
        glUniform2f(place(uniform), x, y);
        return this;
    }

    GlProgram with(String uniform, float x, float y, float z) {
        glUniform3f(place(uniform), x, y, z);
        return this;
    }

    /** Pairs of numbers, one after the other, for an array. */
    GlProgram pairs(String uniform, int[] values) {
        glUniform2iv(place(uniform), values);
        return this;
    }

    GlProgram pairs(String uniform, float[] values) {
        glUniform2fv(place(uniform), values);
        return this;
    }

    /** Nine numbers column by column (mat3), or twelve (mat4x3). */
    GlProgram with(String uniform, float[] matrix) {
        if (matrix.length == 9) {
            glUniformMatrix3fv(place(uniform), false, matrix);
        } else {
            glUniformMatrix4x3fv(place(uniform), false, matrix);
        }
        return this;
    }

    /** Draws every pixel of the target. */
    void draw(GlPlane target) {
        target.bindAsTarget();
        glDrawArrays(GL_TRIANGLES, 0, 3);
        GlCount.pass();
    }

    /** Draws every pixel of a rectangle of the framebuffer that is bound, its lower left corner first. */
    void draw(int left, int bottom, int width, int height) {
        glViewport(left, bottom, width, height);
        glDrawArrays(GL_TRIANGLES, 0, 3);
        GlCount.pass();
    }

    /** Adds one point for each of {@code count} vertices to a cleared target. */
    void scatter(GlPlane target, int count) {
        target.bindAsTarget();
        glClearBufferfv(GL_COLOR, 0, NOTHING);
        glEnable(GL_BLEND);
        glBlendFunc(GL_ONE, GL_ONE);
        glDrawArrays(GL_POINTS, 0, count);
        glDisable(GL_BLEND);
        GlCount.pass();
    }

    /** Runs a {@code .cell} file over all cells of what it gives, as whichever shader it is. */
    void run(GlCells to) {
        glUniform2i(place("size"), to.width, to.height);
        if (compute) {
            dispatch((to.width + 7) / 8, (to.height + 7) / 8);
        } else {
            draw(to.plane());
        }
    }

    /** The same for what it draws. */
    void run(GlPlane to) {
        glUniform2i(place("size"), to.width, to.height);
        if (compute) {
            dispatch((to.width + 7) / 8, (to.height + 7) / 8);
        } else {
            draw(to);
        }
    }

    /** Runs so many groups of a compute shader; what it wrote is seen by all that follows. */
    void dispatch(int across, int down) {
        glDispatchCompute(across, down, 1);
        glMemoryBarrier(BARRIERS);
        GlCount.pass();
    }

    @Override
    public void close() {
        glDeleteProgram(program);
        GlCount.freed();
    }
}
