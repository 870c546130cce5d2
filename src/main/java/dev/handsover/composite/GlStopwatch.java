package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.lwjgl.opengl.GL33C.GL_QUERY_COUNTER_BITS;
import static org.lwjgl.opengl.GL33C.GL_QUERY_RESULT;
import static org.lwjgl.opengl.GL33C.GL_QUERY_RESULT_AVAILABLE;
import static org.lwjgl.opengl.GL33C.GL_TIMESTAMP;
import static org.lwjgl.opengl.GL33C.GL_TRUE;
import static org.lwjgl.opengl.GL33C.glDeleteQueries;
import static org.lwjgl.opengl.GL33C.glGenQueries;
import static org.lwjgl.opengl.GL33C.glGetInteger64;
import static org.lwjgl.opengl.GL33C.glGetQueryi;
import static org.lwjgl.opengl.GL33C.glQueryCounter;
import static org.lwjgl.opengl.GL33C.nglGetQueryObjecti64v;

import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How long the device itself works on each part of a frame: its own time stamps in a ring, read when their place is needed again,
 * some frames later, and never waited for. Asks for nothing where OpenGL is drawn by the processor, whose time stamps say when
 * work was asked for and not when it was done. For the context's thread.
 */
final class GlStopwatch implements GlPasses.GlPart {
    /** Takes the time of software, too: for tests of the ring. */
    static final String ANYWAY = "handsover.deviceTimes";

    private final Latency latency;
    /** What ends with each time stamp but the first; null is told to nobody. */
    private final @Nullable Stage[] stages;

    private final int stamps;
    private final int[] queries;
    private final int[] taken;
    /** A bit for each part that is no part of the frame. */
    private final int[] skipped;

    private final long[] frames;
    /** From the device's clock to {@link System#nanoTime}. */
    private final long offset;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment result = arena.allocate(JAVA_LONG);
    private int place;

    /**
     * @param stages in the order in which the device comes to them
     * @param places frames that may be under way, and one
     */
    GlStopwatch(GlContext context, Latency latency, int places, @Nullable Stage... stages) {
        boolean real = !context.software() || Boolean.getBoolean(ANYWAY);
        boolean on = real && glGetQueryi(GL_TIMESTAMP, GL_QUERY_COUNTER_BITS) > 0;
        this.latency = latency;
        this.stages = stages;
        this.stamps = stages.length + 1;
        this.queries = new int[on ? places * stamps : 0];
        this.taken = new int[places];
        this.skipped = new int[places];
        this.frames = new long[places];
        glGenQueries(queries);
        for (int i = 0; i < queries.length; i++) {
            GlCount.made();
        }
        this.offset = on ? System.nanoTime() - glGetInteger64(GL_TIMESTAMP) : 0;
    }

    /** A frame begins: tells of the one whose place it takes, and takes the first time. */
    void begin(long frame) {
        if (queries.length > 0) {
            place = (place + 1) % taken.length;
            tell();
            taken[place] = 0;
            skipped[place] = 0;
            frames[place] = frame;
            lap();
        }
    }

    /** The next part of the frame ends, as soon as the device has come here. */
    void lap() {
        if (queries.length > 0 && taken[place] < stamps) {
            glQueryCounter(queries[place * stamps + taken[place]], GL_TIMESTAMP);
            GlCount.query();
            taken[place]++;
        }
    }

    /** The next part is no part of this frame. */
    void skip() {
        if (queries.length > 0) {
            skipped[place] |= 1 << taken[place] - 1;
            lap();
        }
    }

    /** Frames that did not come to their end, and those whose times are not there yet, are left out. */
    private void tell() {
        int first = place * stamps;
        if (taken[place] < stamps || ask(first + stamps - 1, GL_QUERY_RESULT_AVAILABLE) != GL_TRUE) {
            return;
        }
        long start = ask(first, GL_QUERY_RESULT) + offset;
        for (int i = 0; i < stages.length; i++) {
            long end = ask(first + i + 1, GL_QUERY_RESULT) + offset;
            Stage stage = stages[i];
            if (stage != null && (skipped[place] >> i & 1) == 0) {
                latency.span(stage, frames[place], start, end);
            }
            start = end;
        }
    }

    /** Past LWJGL's buffers, which would be left on the heap. */
    private long ask(int query, int what) {
        nglGetQueryObjecti64v(queries[query], what, result.address());
        return result.get(JAVA_LONG, 0);
    }

    @Override
    public void close() {
        arena.close();
        glDeleteQueries(queries);
        for (int i = 0; i < queries.length; i++) {
            GlCount.freed();
        }
    }
}
