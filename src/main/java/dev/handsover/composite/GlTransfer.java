package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_MAP_READ_BIT;
import static org.lwjgl.opengl.GL33C.GL_MAP_WRITE_BIT;
import static org.lwjgl.opengl.GL33C.GL_PACK_ALIGNMENT;
import static org.lwjgl.opengl.GL33C.GL_PACK_ROW_LENGTH;
import static org.lwjgl.opengl.GL33C.GL_PIXEL_PACK_BUFFER;
import static org.lwjgl.opengl.GL33C.GL_PIXEL_UNPACK_BUFFER;
import static org.lwjgl.opengl.GL33C.GL_RED;
import static org.lwjgl.opengl.GL33C.GL_STREAM_READ;
import static org.lwjgl.opengl.GL33C.GL_SYNC_FLUSH_COMMANDS_BIT;
import static org.lwjgl.opengl.GL33C.GL_SYNC_GPU_COMMANDS_COMPLETE;
import static org.lwjgl.opengl.GL33C.GL_TIMEOUT_EXPIRED;
import static org.lwjgl.opengl.GL33C.GL_UNSIGNED_BYTE;
import static org.lwjgl.opengl.GL33C.glBindBuffer;
import static org.lwjgl.opengl.GL33C.glBufferData;
import static org.lwjgl.opengl.GL33C.glClientWaitSync;
import static org.lwjgl.opengl.GL33C.glDeleteBuffers;
import static org.lwjgl.opengl.GL33C.glDeleteSync;
import static org.lwjgl.opengl.GL33C.glFenceSync;
import static org.lwjgl.opengl.GL33C.glGenBuffers;
import static org.lwjgl.opengl.GL33C.glPixelStorei;
import static org.lwjgl.opengl.GL33C.glReadPixels;
import static org.lwjgl.opengl.GL33C.glUnmapBuffer;
import static org.lwjgl.opengl.GL33C.nglMapBufferRange;
import static org.lwjgl.opengl.GL44C.GL_MAP_COHERENT_BIT;
import static org.lwjgl.opengl.GL44C.GL_MAP_PERSISTENT_BIT;
import static org.lwjgl.opengl.GL44C.glBufferStorage;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;

/**
 * Brings frames to the graphics device and pictures back. Up: through a buffer that stays mapped where OpenGL 4.4 has such, so
 * that the driver copies nothing more, else straight from the frame. Back: all planes into one buffer, then one wait.
 */
final class GlTransfer implements AutoCloseable {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final int up;
    private final long mapped;
    private final int back;
    private final long backBytes;
    private long taken;
    private long readNanos;

    /**
     * @param frames format of what goes up
     * @param pictures format of what comes back
     */
    GlTransfer(GlContext context, PictureFormat frames, PictureFormat pictures) {
        if (context.persistentMapping()) {
            long bytes = bytes(frames);
            int flags = GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
            up = glGenBuffers();
            GlCount.made();
            glBindBuffer(GL_PIXEL_UNPACK_BUFFER, up);
            glBufferStorage(GL_PIXEL_UNPACK_BUFFER, bytes, flags);
            mapped = nglMapBufferRange(GL_PIXEL_UNPACK_BUFFER, 0, bytes, flags);
            glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        } else {
            up = 0;
            mapped = 0;
        }
        backBytes = bytes(pictures);
        back = glGenBuffers();
        GlCount.made();
        glBindBuffer(GL_PIXEL_PACK_BUFFER, back);
        glBufferData(GL_PIXEL_PACK_BUFFER, backBytes, GL_STREAM_READ);
        glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    }

    private static long bytes(PictureFormat format) {
        long bytes = 0;
        for (int plane = 0; plane < format.planes(); plane++) {
            bytes += (long) format.planeWidth(plane) * format.planeHeight(plane);
        }
        return bytes;
    }

    /** Brings the first planes of a frame up. */
    void upload(Frame frame, GlPlane[] planes) {
        if (mapped == 0) {
            for (int plane = 0; plane < planes.length; plane++) {
                planes[plane].upload(frame.address(plane), frame.stride(plane));
            }
            return;
        }
        awaitReuse();
        long offset = 0;
        glBindBuffer(GL_PIXEL_UNPACK_BUFFER, up);
        for (int plane = 0; plane < planes.length; plane++) {
            int width = planes[plane].width;
            for (int y = 0; y < planes[plane].height; y++) {
                Memory.copy(
                        frame.address(plane) + (long) y * frame.stride(plane),
                        mapped + offset + (long) y * width,
                        width);
            }
            planes[plane].upload(offset, width);
            offset += (long) width * planes[plane].height;
        }
        glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        taken = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    }

    /** The device may still read the last frame from the buffer. */
    private void awaitReuse() {
        if (taken != 0) {
            if (glClientWaitSync(taken, GL_SYNC_FLUSH_COMMANDS_BIT, PATIENCE_NANOS) == GL_TIMEOUT_EXPIRED) {
                throw new IllegalStateException("the graphics device did not take a frame in 10 s");
            }
            glDeleteSync(taken);
            taken = 0;
        }
    }

    /** Brings planes back into a picture; waits until they are drawn. */
    void read(GlPlane[] planes, Frame picture) {
        long begun = System.nanoTime();
        glBindBuffer(GL_PIXEL_PACK_BUFFER, back);
        glPixelStorei(GL_PACK_ALIGNMENT, 1);
        glPixelStorei(GL_PACK_ROW_LENGTH, 0);
        long offset = 0;
        for (GlPlane plane : planes) {
            plane.bindAsTarget();
            glReadPixels(0, 0, plane.width, plane.height, GL_RED, GL_UNSIGNED_BYTE, offset);
            offset += (long) plane.width * plane.height;
        }
        long address = nglMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, backBytes, GL_MAP_READ_BIT);
        for (int plane = 0; plane < planes.length; plane++) {
            int width = planes[plane].width;
            for (int y = 0; y < planes[plane].height; y++) {
                Memory.copy(address, picture.address(plane) + (long) y * picture.stride(plane), width);
                address += width;
            }
        }
        glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
        glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        readNanos = System.nanoTime() - begun;
    }

    /** How long the last {@link #read} took. */
    long readNanos() {
        return readNanos;
    }

    @Override
    public void close() {
        awaitReuse();
        if (up != 0) {
            glDeleteBuffers(up);
            GlCount.freed();
        }
        glDeleteBuffers(back);
        GlCount.freed();
    }
}
