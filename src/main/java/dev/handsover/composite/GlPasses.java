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
    private final boolean compute;
    private final Map<String, GlProgram> programs = new HashMap<>();
    private final List<GlPart> parts = new ArrayList<>();
    private final int vertices;

    /** What is freed together with the passes. */
    interface GlPart extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes the context over. */
    GlPasses(GlContext context) {
        this(context, context.compute());
    }

    /** @param compute whether cells are worked on by compute shaders, else by fragment shaders */
    GlPasses(GlContext context, boolean compute) {
        this.context = context;
        this.compute = compute;
        this.vertices = glGenVertexArrays();
        GlCount.made();
        glBindVertexArray(vertices);
        glDisable(GL_DITHER);
        glDisable(GL_BLEND);
    }

    GlContext context() {
        return context;
    }

    boolean compute() {
        return compute;
    }

    /** The pass of that fragment shader, ready for its uniforms. */
    GlProgram pass(String name) {
        GlProgram known = programs.get(name);
        return known == null ? made(name, new GlProgram(name)) : known.use();
    }

    /** The pass of that {@code .cell} file. */
    GlProgram cells(String name) {
        GlProgram known = programs.get(name);
        return known == null
                ? made(name, new GlProgram("full.vert", name + ".cell", compute, GlSource::read))
                : known.use();
    }

    /** The pass of that compute shader. */
    GlProgram computing(String name) {
        GlProgram known = programs.get(name);
        return known == null ? made(name, new GlProgram("", name + ".comp", true, GlSource::read)) : known.use();
    }

    /** The pass of vertex and fragment shader of that name, which places points. */
    GlProgram points(String name) {
        GlProgram known = programs.get(name);
        return known == null
                ? made(name, new GlProgram(name + ".vert", name + ".frag", false, GlSource::read))
                : known.use();
    }

    /** Runs the pass of a {@code .cell} file over the one plane of cells that it gives. */
    void give(GlProgram pass, GlCells to) {
        if (compute) {
            pass.giving(to);
        }
        pass.run(to);
    }

    private GlProgram made(String name, GlProgram program) {
        programs.put(name, program);
        return program.use();
    }

    GlPlane plane(int width, int height, Kind kind) {
        GlPlane plane = new GlPlane(width, height, kind);
        parts.add(plane);
        return plane;
    }

    /** A plane that a pass with two results draws together with {@code second}. */
    GlPlane plane(GlPlane second, Kind kind) {
        GlPlane plane = new GlPlane(second.width, second.height, kind, second);
        parts.add(plane);
        return plane;
    }

    /** A plane of one or four floats a cell. */
    GlCells cells(int width, int height, int floats) {
        return keep(new GlCells(compute, width, height, floats, null));
    }

    /** A plane of one float a cell that a pass fills together with {@code second}. */
    GlCells cells(GlCells second) {
        return keep(new GlCells(compute, second.width, second.height, 1, compute ? null : second.plane()));
    }

    /** A plane of one float a cell that a pass fills together with {@code second}. */
    GlCells cells(GlPlane second) {
        return keep(new GlCells(compute, second.width, second.height, 1, second));
    }

    /** Frees it with the others. */
    <T extends GlPart> T keep(T part) {
        parts.add(part);
        return part;
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
        for (GlPart part : parts) {
            part.close();
        }
        glDeleteVertexArrays(vertices);
        GlCount.freed();
        context.close();
    }
}
