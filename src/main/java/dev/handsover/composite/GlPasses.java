package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_BLEND;
import static org.lwjgl.opengl.GL33C.GL_DITHER;
import static org.lwjgl.opengl.GL33C.glBindVertexArray;
import static org.lwjgl.opengl.GL33C.glDeleteVertexArrays;
import static org.lwjgl.opengl.GL33C.glDisable;
import static org.lwjgl.opengl.GL33C.glGenVertexArrays;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.PictureFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The programs and planes of one compositor: made when first asked for, freed together. For the context's thread. */
final class GlPasses implements AutoCloseable {
    private final GlContext context;
    private final Map<String, GlProgram> programs = new HashMap<>();
    private final List<GlPlane> planes = new ArrayList<>();
    private final int vertices;

    /** Takes the context over. */
    GlPasses(GlContext context) {
        this.context = context;
        this.vertices = glGenVertexArrays();
        GlCount.made();
        glBindVertexArray(vertices);
        glDisable(GL_DITHER);
        glDisable(GL_BLEND);
    }

    GlContext context() {
        return context;
    }

    /** The pass of that shader, ready for its uniforms. */
    GlProgram pass(String name) {
        return programs.computeIfAbsent(name, GlProgram::new).use();
    }

    GlPlane plane(int width, int height, Kind kind) {
        GlPlane plane = new GlPlane(width, height, kind);
        planes.add(plane);
        return plane;
    }

    /** A plane that a pass with two results draws together with {@code second}. */
    GlPlane plane(GlPlane second, Kind kind) {
        GlPlane plane = new GlPlane(second.width, second.height, kind, second);
        planes.add(plane);
        return plane;
    }

    /** Y, U, V and, where the format has it, alpha. */
    GlPlane[] picture(PictureFormat format) {
        GlPlane[] picture = new GlPlane[format.planes()];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = plane(format.planeWidth(i), format.planeHeight(i), Kind.CODE);
        }
        return picture;
    }

    @Override
    public void close() {
        programs.values().forEach(GlProgram::close);
        planes.forEach(GlPlane::close);
        glDeleteVertexArrays(vertices);
        GlCount.freed();
        context.close();
    }
}
