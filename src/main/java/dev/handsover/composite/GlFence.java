package dev.handsover.composite;

import static org.lwjgl.opengl.GL33C.GL_SYNC_FLUSH_COMMANDS_BIT;
import static org.lwjgl.opengl.GL33C.GL_SYNC_GPU_COMMANDS_COMPLETE;
import static org.lwjgl.opengl.GL33C.GL_TIMEOUT_EXPIRED;
import static org.lwjgl.opengl.GL33C.GL_WAIT_FAILED;
import static org.lwjgl.opengl.GL33C.glClientWaitSync;
import static org.lwjgl.opengl.GL33C.glDeleteSync;
import static org.lwjgl.opengl.GL33C.glFenceSync;

/** A place in the device's work that can be waited for; set anew for each frame. For the context's thread. */
final class GlFence implements AutoCloseable {
    private long sync;

    static GlFence[] ring(int places) {
        GlFence[] ring = new GlFence[places];
        for (int i = 0; i < places; i++) {
            ring[i] = new GlFence();
        }
        return ring;
    }

    /** Stands behind everything that was asked for so far. */
    void set() {
        close();
        sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
        GlCount.fence();
    }

    /** Waits until the device has come here; false when it has not in time. True when it was never set. */
    boolean reached(long limitNanos) {
        if (sync == 0) {
            return true;
        }
        GlCount.waited();
        int how = glClientWaitSync(sync, GL_SYNC_FLUSH_COMMANDS_BIT, Math.max(0, limitNanos));
        if (how == GL_WAIT_FAILED) {
            throw new IllegalStateException("the graphics device is lost");
        }
        if (how == GL_TIMEOUT_EXPIRED) {
            return false;
        }
        close();
        return true;
    }

    /** The same, or an exception that says what the device did not do. */
    void await(long limitNanos, String what) {
        if (!reached(limitNanos)) {
            throw new IllegalStateException(
                    "the graphics device did not " + what + " in " + limitNanos / 1_000_000_000L + " s");
        }
    }

    @Override
    public void close() {
        if (sync != 0) {
            glDeleteSync(sync);
            sync = 0;
        }
    }
}
