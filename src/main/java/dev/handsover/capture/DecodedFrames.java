package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Frames whose pixels are FFmpeg's own: a decoded picture is moved in by reference and handed on without a copy; the last
 * holder gives it back to the decoder. Wrapping is for one thread, recycling for any.
 */
final class DecodedFrames implements AutoCloseable {
    private static final int MOST = 64;
    private static final long PATIENCE_SECONDS = 60;
    private final PictureFormat format;
    private final ArrayBlockingQueue<Holder> free = new ArrayBlockingQueue<>(MOST);
    private int made;
    private volatile boolean closed;

    private final class Holder {
        final AVFrame picture = av_frame_alloc();
        final Frame frame = new Frame(format, f -> release());

        void release() {
            av_frame_unref(picture);
            free.add(this);
            if (closed) {
                emptyOut();
            }
        }
    }

    DecodedFrames(PictureFormat format) {
        this.format = format;
    }

    /** Takes the picture's reference over, which must be of this format in 8-bit planar YUV. */
    Frame wrap(AVFrame picture, long sequence, long timeNanos, long durationNanos) throws InterruptedException {
        Holder holder = free.poll();
        if (holder == null && made < MOST) {
            holder = new Holder();
            made++;
        }
        if (holder == null) {
            holder = free.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        if (holder == null) {
            throw new IllegalStateException("no frame of " + MOST + " came back in " + PATIENCE_SECONDS + " s");
        }
        av_frame_move_ref(holder.picture, picture);
        Ffmpeg.place(holder.picture, holder.frame);
        return holder.frame.handOut(sequence, timeNanos, durationNanos);
    }

    /** Pictures that are out are freed as they come back, so that a live source can be reopened at any time. */
    @Override
    public void close() {
        closed = true;
        emptyOut();
    }

    private void emptyOut() {
        Holder holder;
        while ((holder = free.poll()) != null) {
            av_frame_free(holder.picture);
        }
    }
}
