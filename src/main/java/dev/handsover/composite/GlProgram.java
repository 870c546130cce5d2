package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_COMPILE_STATUS;
import static org.lwjgl.opengl.GL33C.GL_FRAGMENT_SHADER;
import static org.lwjgl.opengl.GL33C.GL_LINK_STATUS;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE0;
import static org.lwjgl.opengl.GL33C.GL_TEXTURE_2D;
import static org.lwjgl.opengl.GL33C.GL_TRIANGLES;
import static org.lwjgl.opengl.GL33C.GL_VERTEX_SHADER;
import static org.lwjgl.opengl.GL33C.glActiveTexture;
import static org.lwjgl.opengl.GL33C.glAttachShader;
import static org.lwjgl.opengl.GL33C.glBindTexture;
import static org.lwjgl.opengl.GL33C.glCompileShader;
import static org.lwjgl.opengl.GL33C.glCreateProgram;
import static org.lwjgl.opengl.GL33C.glCreateShader;
import static org.lwjgl.opengl.GL33C.glDeleteProgram;
import static org.lwjgl.opengl.GL33C.glDeleteShader;
import static org.lwjgl.opengl.GL33C.glDrawArrays;
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
import static org.lwjgl.opengl.GL33C.glUniform2i;
import static org.lwjgl.opengl.GL33C.glUniformMatrix3fv;
import static org.lwjgl.opengl.GL33C.glUniformMatrix4x3fv;
import static org.lwjgl.opengl.GL33C.glUseProgram;
import static org.lwjgl.opengl.GL33C.glViewport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One pass: the vertex shader of all, and one fragment shader of {@code shaders/}. For the context's thread. */
final class GlProgram implements AutoCloseable {
    private static final Pattern INCLUDE = Pattern.compile("#include \"([a-z_]+\\.glsl)\"");
    /** Where Mesa, NVIDIA and Apple put the line number: {@code 0:12(3): error}, {@code 0(12) : error}, {@code ERROR: 0:12:}. */
    private static final Pattern PLACE = Pattern.compile("\\b\\d+(?::(\\d+)|\\((\\d+)\\))");

    private final int program;
    private final Map<String, Integer> places = new HashMap<>();
    private int units;

    /** @param name the fragment shader's file without its ending */
    GlProgram(String name) {
        this(name, GlProgram::read);
    }

    /** @param files text of a shader by its file name */
    GlProgram(String name, UnaryOperator<String> files) {
        int vertex = compile(GL_VERTEX_SHADER, "full.vert", files);
        int fragment = compile(GL_FRAGMENT_SHADER, name + ".frag", files);
        program = glCreateProgram();
        glAttachShader(program, vertex);
        glAttachShader(program, fragment);
        glLinkProgram(program);
        glDeleteShader(vertex);
        glDeleteShader(fragment);
        if (glGetProgrami(program, GL_LINK_STATUS) == 0) {
            String log = glGetProgramInfoLog(program);
            glDeleteProgram(program);
            throw new IllegalStateException("shader " + name + " does not link: " + log.strip());
        }
        GlCount.made();
    }

    private static String read(String file) {
        try (InputStream in = GlProgram.class.getResourceAsStream("/dev/handsover/shaders/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks the shader " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line of what the compiler sees, and where it was written. */
    private record Line(String file, int number, String text) {}

    private static List<Line> lines(String file, UnaryOperator<String> files) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String text : files.apply(file).lines().toList()) {
            number++;
            Matcher include = INCLUDE.matcher(text);
            if (include.matches()) {
                lines.addAll(lines(include.group(1), files));
            } else {
                lines.add(new Line(file, number, text));
            }
        }
        return lines;
    }

    private static int compile(int kind, String file, UnaryOperator<String> files) {
        List<Line> lines = lines(file, files);
        int shader = glCreateShader(kind);
        glShaderSource(shader, String.join("\n", lines.stream().map(Line::text).toList()) + "\n");
        glCompileShader(shader);
        if (glGetShaderi(shader, GL_COMPILE_STATUS) == 0) {
            String log = glGetShaderInfoLog(shader);
            glDeleteShader(shader);
            throw new IllegalStateException(explain(log, file, lines));
        }
        return shader;
    }

    /** The driver's first complaint with the file, the line and the line's text that it means. */
    private static String explain(String log, String file, List<Line> lines) {
        String complaint =
                log.lines().filter(each -> !each.isBlank()).findFirst().orElse("no reason given");
        Matcher place = PLACE.matcher(complaint);
        if (place.find()) {
            int number = Integer.parseInt(place.group(1) == null ? place.group(2) : place.group(1));
            if (number >= 1 && number <= lines.size()) {
                Line line = lines.get(number - 1);
                return "shaders/" + line.file() + ":" + line.number() + ": " + complaint + "\n    "
                        + line.text().strip();
            }
        }
        return "shaders/" + file + ": " + complaint;
    }

    /** Begins a pass; uniforms and planes follow, then {@link #draw}. */
    GlProgram use() {
        glUseProgram(program);
        units = 0;
        return this;
    }

    private int place(String uniform) {
        return places.computeIfAbsent(uniform, name -> glGetUniformLocation(program, name));
    }

    GlProgram with(String uniform, GlPlane plane) {
        glActiveTexture(GL_TEXTURE0 + units);
        glBindTexture(GL_TEXTURE_2D, plane.texture());
        glUniform1i(place(uniform), units++);
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
    }

    /** Draws every pixel of a rectangle of the framebuffer that is bound, its lower left corner first. */
    void draw(int left, int bottom, int width, int height) {
        glViewport(left, bottom, width, height);
        glDrawArrays(GL_TRIANGLES, 0, 3);
    }

    @Override
    public void close() {
        glDeleteProgram(program);
        GlCount.freed();
    }
}
