package dev.handsover.sink;

import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import java.util.List;

/**
 * An open place where composited pictures go. One thread writes it: its {@link SinkThread}'s. Throws an output
 * {@code Failure} when it cannot go on; what is written until then is kept (a temporary file, named in the sentence).
 */
public interface Sink extends AutoCloseable {
    /** Takes the pixels in; the frame stays the caller's and may be reused after the call. */
    void write(Frame picture);

    /** Takes a packet of sound; the packet stays the caller's. A sink that cannot carry it ignores it. */
    void sound(SoundPacket packet);

    /** Since when, by {@link System#nanoTime}, it has been waiting for somebody to read what is written; 0: it does not. Any thread. */
    default long waitingSince() {
        return 0;
    }

    /** Completes the output and gives it its final name. Called once, after the last write, also when interrupted. */
    void finish();

    /** What is written, for people: {@code out.mp4 (libopenh264, sound copied)}. */
    String describe();

    /** What a person should know about how it was written. */
    default List<String> notes() {
        return List.of();
    }

    /** Frees everything; without {@link #finish} before it the temporary file is left or removed as fits. */
    @Override
    void close();
}
