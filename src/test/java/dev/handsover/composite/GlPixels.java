package dev.handsover.composite;

import static org.lwjgl.opengl.GL43C.GL_PIXEL_PACK_BUFFER;
import static org.lwjgl.opengl.GL43C.GL_SHADER_STORAGE_BUFFER;
import static org.lwjgl.opengl.GL43C.GL_STREAM_READ;
import static org.lwjgl.opengl.GL43C.glBindBuffer;
import static org.lwjgl.opengl.GL43C.glBufferData;
import static org.lwjgl.opengl.GL43C.glBufferSubData;
import static org.lwjgl.opengl.GL43C.glDeleteBuffers;
import static org.lwjgl.opengl.GL43C.glGenBuffers;
import static org.lwjgl.opengl.GL43C.glGetBufferSubData;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.TensorForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Samples of the graphics device, there and back, for tests. */
final class GlPixels {
    private GlPixels() {}

    static GlPlane plane(GlPasses passes, int width, int height, Kind kind, byte[] samples) {
        GlPlane plane = passes.plane(width, height, kind);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(samples.length, 64);
            MemorySegment.copy(samples, 0, memory, ValueLayout.JAVA_BYTE, 0, samples.length);
            plane.upload(memory.address(), width);
        }
        return plane;
    }

    private static ByteBuffer encoded(float[] values, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect((values.length * bytes + 63) / 64 * 64)
                .order(ByteOrder.nativeOrder());
        for (float value : values) {
            if (bytes == 4) {
                buffer.putFloat(value);
            } else {
                buffer.putShort(Float.floatToFloat16(value));
            }
        }
        return buffer.clear();
    }

    static void upload(GlPlane plane, float[] values, int bytes) {
        plane.upload(MemorySegment.ofBuffer(encoded(values, bytes)).address(), plane.width);
    }

    /** A buffer of elements for compute shaders. */
    static GlCells buffer(GlPasses passes, float[] values, int bytes) {
        ByteBuffer encoded = encoded(values, bytes);
        GlCells cells = passes.cells(encoded.capacity() / 4, 1, 1);
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, cells.buffer());
        glBufferSubData(GL_SHADER_STORAGE_BUFFER, 0, encoded);
        return cells;
    }

    static GlCells cells(GlPasses passes, float[] values, int width, int height) {
        return cells(passes, values, width, height, 1);
    }

    /** @param floats of a cell, 1 or 4 */
    static GlCells cells(GlPasses passes, float[] values, int width, int height, int floats) {
        GlCells cells = passes.cells(width, height, floats);
        if (passes.compute()) {
            glBindBuffer(GL_SHADER_STORAGE_BUFFER, cells.buffer());
            glBufferSubData(GL_SHADER_STORAGE_BUFFER, 0, values);
        } else {
            upload(cells.plane(), values, 4);
        }
        return cells;
    }

    static byte[] bytes(GlCells cells) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * cells.width * cells.height);
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, cells.buffer());
        glGetBufferSubData(GL_SHADER_STORAGE_BUFFER, 0, buffer);
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(bytes);
        return bytes;
    }

    /** @param size of all samples */
    static byte[] bytes(GlPlane plane, int size) {
        int pack = glGenBuffers();
        glBindBuffer(GL_PIXEL_PACK_BUFFER, pack);
        glBufferData(GL_PIXEL_PACK_BUFFER, size, GL_STREAM_READ);
        plane.pack(0);
        ByteBuffer buffer = ByteBuffer.allocateDirect(size);
        glGetBufferSubData(GL_PIXEL_PACK_BUFFER, 0, buffer);
        glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        glDeleteBuffers(pack);
        byte[] bytes = new byte[size];
        buffer.get(bytes);
        return bytes;
    }

    static float[] floats(GlCells cells, int floats) {
        int size = 4 * floats * cells.width * cells.height;
        return decoded(cells.buffer() == 0 ? bytes(cells.plane(), size) : bytes(cells), 4);
    }

    /** All numbers of a plane of one or four. */
    static float[] numbers(GlPlane plane) {
        boolean one = plane.internal() == org.lwjgl.opengl.GL33C.GL_R32F;
        return decoded(bytes(plane, (one ? 4 : 16) * plane.width * plane.height), 4);
    }

    static float[] elements(byte[] bytes, TensorForm form) {
        float[] all = decoded(bytes, form.bytes());
        return java.util.Arrays.copyOf(all, 3 * form.width() * form.height());
    }

    private static float[] decoded(byte[] bytes, int each) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        float[] values = new float[bytes.length / each];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (each) {
                case 4 -> buffer.getFloat(4 * i);
                case 2 -> Float.float16ToFloat(buffer.getShort(2 * i));
                default -> buffer.get(i) & 255;
            };
        }
        return values;
    }
}
