package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_MAP_READ_BIT;
import static org.lwjgl.opengl.GL33C.GL_MAP_WRITE_BIT;
import static org.lwjgl.opengl.GL33C.GL_PIXEL_PACK_BUFFER;
import static org.lwjgl.opengl.GL33C.GL_PIXEL_UNPACK_BUFFER;
import static org.lwjgl.opengl.GL33C.GL_STREAM_READ;
import static org.lwjgl.opengl.GL33C.glBindBuffer;
import static org.lwjgl.opengl.GL33C.glBufferData;
import static org.lwjgl.opengl.GL33C.glDeleteBuffers;
import static org.lwjgl.opengl.GL33C.glGenBuffers;
import static org.lwjgl.opengl.GL33C.glUnmapBuffer;
import static org.lwjgl.opengl.GL33C.nglMapBufferRange;
import static org.lwjgl.opengl.GL44C.GL_MAP_COHERENT_BIT;
import static org.lwjgl.opengl.GL44C.GL_MAP_PERSISTENT_BIT;
import static org.lwjgl.opengl.GL44C.glBufferStorage;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import org.jspecify.annotations.Nullable;

/**
 * Brings frames to the graphics device and pictures back, each through a ring of buffers with a fence a place, so that the next
 * frame goes up and the last picture comes back while the device draws. The buffers stay mapped where OpenGL 4.4 has such, so
 * that the driver copies nothing more.
 */
final class GlTransfer implements AutoCloseable {
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    /** Bytes of the figures that come back with a picture. */
    private static final int FIGURES = 16;

    private final boolean persistent;
    private final int up;
    private final long upBytes;
    private final long upMapped;
    private final GlFence[] upFences;
    private final int back;
    private final long backBytes;
    private final long backMapped;
    private final GlFence[] backFences;
    private int sent;
    private int asked;
    private long readNanos;

    /**
     * @param persistent whether buffers may stay mapped
     * @param frames format of what goes up
     * @param pictures format of what comes back
     * @param ahead pictures that may be asked for and not yet fetched, beside one
     */
    GlTransfer(boolean persistent, PictureFormat frames, PictureFormat pictures, int ahead) {
        this.persistent = persistent;
        this.upFences = GlFence.ring(Math.max(1, ahead));
        this.backFences = GlFence.ring(ahead + 1);
        this.upBytes = bytes(frames);
        this.backBytes = bytes(pictures) + FIGURES;
        this.up = persistent ? buffer() : 0;
        this.back = buffer();
        if (persistent) {
            int write = GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
            int read = GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
            this.upMapped = mapped(GL_PIXEL_UNPACK_BUFFER, up, upBytes * upFences.length, write);
            this.backMapped = mapped(GL_PIXEL_PACK_BUFFER, back, backBytes * backFences.length, read);
        } else {
            this.upMapped = 0;
            this.backMapped = 0;
            glBindBuffer(GL_PIXEL_PACK_BUFFER, back);
            glBufferData(GL_PIXEL_PACK_BUFFER, backBytes * backFences.length, GL_STREAM_READ);
            glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        }
    }

    private static int buffer() {
        GlCount.made();
        return glGenBuffers();
    }

    private static long mapped(int target, int buffer, long bytes, int flags) {
        glBindBuffer(target, buffer);
        glBufferStorage(target, bytes, flags);
        long address = nglMapBufferRange(target, 0, bytes, flags);
        glBindBuffer(target, 0);
        return address;
    }

    /** Planes follow each other at multiples of 16 bytes. */
    private static long aligned(long bytes) {
        return (bytes + 15) / 16 * 16;
    }

    private static long bytes(PictureFormat format) {
        long bytes = 0;
        for (int plane = 0; plane < format.planes(); plane++) {
            bytes += aligned((long) format.planeWidth(plane) * format.planeHeight(plane));
        }
        return bytes;
    }

    /** Brings the first planes of a frame up; the frame may be recycled when this returns. */
    void upload(Frame frame, GlPlane[] planes) {
        GlCount.up(upBytes);
        if (!persistent) {
            for (int plane = 0; plane < planes.length; plane++) {
                planes[plane].upload(frame.address(plane), frame.stride(plane));
            }
            return;
        }
        int place = sent;
        sent = (sent + 1) % upFences.length;
        // the device may still read an earlier frame from there
        upFences[place].await(PATIENCE_NANOS, "take a frame");
        long offset = place * upBytes;
        glBindBuffer(GL_PIXEL_UNPACK_BUFFER, up);
        for (int plane = 0; plane < planes.length; plane++) {
            int width = planes[plane].width;
            int height = planes[plane].height;
            copy(frame.address(plane), frame.stride(plane), upMapped + offset, width, width, height);
            planes[plane].upload(offset, width);
            offset += aligned((long) width * height);
        }
        glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        upFences[place].set();
    }

    private static void copy(long from, long fromStride, long to, long toStride, int width, int height) {
        if (fromStride == width && toStride == width) {
            Memory.copy(from, to, (long) width * height);
            return;
        }
        for (int y = 0; y < height; y++) {
            Memory.copy(from + y * fromStride, to + y * toStride, width);
        }
    }

    /**
     * Asks for planes to come back once they are drawn; waits for nothing.
     *
     * @param planes none where the figures are enough
     * @param figures four numbers that come with them: a plane of one cell, or none
     * @return the place in the ring, for {@link #fetch}
     */
    int ask(GlPlane[] planes, @Nullable GlPlane figures) {
        int place = asked;
        asked = (asked + 1) % backFences.length;
        glBindBuffer(GL_PIXEL_PACK_BUFFER, back);
        long offset = place * backBytes;
        if (figures != null) {
            figures.pack(offset);
        }
        offset += FIGURES;
        for (GlPlane plane : planes) {
            plane.pack(offset);
            offset += aligned((long) plane.width * plane.height);
        }
        glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        backFences[place].set();
        return place;
    }

    /** Waits until what was asked for is there; false when it is not in time. */
    boolean ready(int place, long limitNanos) {
        return backFences[place].reached(limitNanos);
    }

    /**
     * Copies planes into a picture once they are {@link #ready}.
     *
     * @param figures four floats, or none
     */
    void fetch(int place, GlPlane[] planes, Frame picture, float[] figures) {
        long begun = System.nanoTime();
        long bytes = planes.length == 0 ? FIGURES : backBytes;
        GlCount.back(bytes);
        GlCount.pixels(bytes - FIGURES);
        backFences[place].await(PATIENCE_NANOS, "draw a picture");
        long address = backMapped + place * backBytes;
        if (!persistent) {
            glBindBuffer(GL_PIXEL_PACK_BUFFER, back);
            address = nglMapBufferRange(GL_PIXEL_PACK_BUFFER, place * backBytes, bytes, GL_MAP_READ_BIT);
        }
        for (int i = 0; i < figures.length; i++) {
            figures[i] = Memory.getFloat(address + 4L * i);
        }
        address += FIGURES;
        for (int plane = 0; plane < planes.length; plane++) {
            int width = planes[plane].width;
            int height = planes[plane].height;
            copy(address, width, picture.address(plane), picture.stride(plane), width, height);
            address += aligned((long) width * height);
        }
        if (!persistent) {
            glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
            glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        }
        readNanos = System.nanoTime() - begun;
    }

    /** How long the last {@link #fetch} took, its wait for the drawing included. */
    long readNanos() {
        return readNanos;
    }

    @Override
    public void close() {
        for (GlFence fence : upFences) {
            fence.close();
        }
        for (GlFence fence : backFences) {
            fence.close();
        }
        if (up != 0) {
            glDeleteBuffers(up);
            GlCount.freed();
        }
        glDeleteBuffers(back);
        GlCount.freed();
    }
}
