package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_MAP_READ_BIT;
import static org.lwjgl.opengl.GL33C.GL_MAP_WRITE_BIT;
import static org.lwjgl.opengl.GL33C.GL_PIXEL_PACK_BUFFER;
import static org.lwjgl.opengl.GL33C.GL_STREAM_READ;
import static org.lwjgl.opengl.GL33C.glBindBuffer;
import static org.lwjgl.opengl.GL33C.glBufferData;
import static org.lwjgl.opengl.GL33C.glDeleteBuffers;
import static org.lwjgl.opengl.GL33C.glGenBuffers;
import static org.lwjgl.opengl.GL33C.glUnmapBuffer;
import static org.lwjgl.opengl.GL33C.nglMapBufferRange;
import static org.lwjgl.opengl.GL42C.glMemoryBarrier;
import static org.lwjgl.opengl.GL43C.GL_DYNAMIC_COPY;
import static org.lwjgl.opengl.GL43C.GL_SHADER_STORAGE_BUFFER;
import static org.lwjgl.opengl.GL44C.GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT;
import static org.lwjgl.opengl.GL44C.GL_MAP_COHERENT_BIT;
import static org.lwjgl.opengl.GL44C.GL_MAP_PERSISTENT_BIT;
import static org.lwjgl.opengl.GL44C.glBufferStorage;

import dev.handsover.composite.GlPlane.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Input and output of a network that runs between two passes, in one of three places: buffers of the device, for networks that
 * reach them there; buffers that stay mapped, for the processor; or the processor's own memory with copies each way, where
 * OpenGL has neither compute shaders nor lasting maps. For the context's thread.
 */
final class GlTensors implements GlPasses.GlPart {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final GlPreprocess preprocess;
    private final GlClassReader reader;
    private final long inputBytes;
    private final int input;
    private final int output;
    private final @Nullable GlPlane inputPlane;
    private final @Nullable GlPlane outputPlane;
    private final MemorySegment hostInput;
    private final MemorySegment hostOutput;
    private final boolean onDevice;
    private final Arena arena = Arena.ofShared();
    private final GlFence filled = new GlFence();

    /**
     * @param onDevice the network takes buffers of the device; needs compute shaders
     * @param inputBytes of the tensor
     * @param outputBytes of the tensor, of float32
     */
    GlTensors(
            GlPasses passes,
            GlPreprocess preprocess,
            GlClassReader reader,
            boolean onDevice,
            long inputBytes,
            long outputBytes) {
        this.preprocess = preprocess;
        this.reader = reader;
        this.onDevice = onDevice;
        this.inputBytes = inputBytes;
        this.input = glGenBuffers();
        GlCount.made();
        if (!passes.compute()) {
            output = 0;
            inputPlane = preprocess.plane();
            outputPlane = reader.plane(Kind.NUMBER);
            glBindBuffer(GL_PIXEL_PACK_BUFFER, input);
            glBufferData(GL_PIXEL_PACK_BUFFER, inputBytes, GL_STREAM_READ);
            glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
            hostInput = arena.allocate(inputBytes, 64);
            hostOutput = arena.allocate(outputBytes, 64);
            return;
        }
        inputPlane = null;
        outputPlane = null;
        output = glGenBuffers();
        GlCount.made();
        hostInput = storage(input, inputBytes);
        hostOutput = storage(output, outputBytes);
    }

    /** Rounded up to whole words, since shaders write such. */
    private MemorySegment storage(int buffer, long bytes) {
        long size = (bytes + 63) / 64 * 64;
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, buffer);
        MemorySegment memory = MemorySegment.NULL;
        if (onDevice) {
            glBufferData(GL_SHADER_STORAGE_BUFFER, size, GL_DYNAMIC_COPY);
        } else {
            int flags = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
            glBufferStorage(GL_SHADER_STORAGE_BUFFER, size, flags);
            long address = nglMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, size, flags);
            if (address == 0) {
                throw new IllegalStateException("OpenGL does not map a buffer of " + size + " bytes");
            }
            memory = MemorySegment.ofAddress(address).reinterpret(bytes);
        }
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
        return memory;
    }

    int input() {
        return input;
    }

    int output() {
        return output;
    }

    MemorySegment hostInput() {
        return hostInput;
    }

    MemorySegment hostOutput() {
        return hostOutput;
    }

    /** Fills the input from the frame that was seen last. */
    void fill() {
        if (inputPlane == null) {
            preprocess.fill(input);
            if (!onDevice) {
                glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
                filled.set();
            }
            return;
        }
        preprocess.fill(inputPlane);
        glBindBuffer(GL_PIXEL_PACK_BUFFER, input);
        inputPlane.pack(0);
        glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        filled.set();
    }

    /** Waits until the processor may read the input, and overwrite the output of the frame before. */
    void await() {
        if (onDevice) {
            return;
        }
        filled.await(PATIENCE_NANOS, "make the network's input");
        GlCount.back(inputBytes);
        if (inputPlane != null) {
            glBindBuffer(GL_PIXEL_PACK_BUFFER, input);
            long address = nglMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, inputBytes, GL_MAP_READ_BIT);
            Memory.copy(address, hostInput.address(), inputBytes);
            glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
            glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        }
    }

    /** Takes the output as it is now. */
    void read() {
        if (!onDevice) {
            GlCount.up(hostOutput.byteSize());
        }
        if (outputPlane == null) {
            reader.read(output, 4);
        } else {
            outputPlane.upload(hostOutput.address(), outputPlane.width);
            reader.read(outputPlane);
        }
    }

    @Override
    public void close() {
        filled.close();
        glDeleteBuffers(input);
        GlCount.freed();
        if (output != 0) {
            glDeleteBuffers(output);
            GlCount.freed();
        }
        arena.close();
    }
}
