package dev.handsover.capture;

import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.StreamFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open place where frames come from. One thread reads it: {@link Camera}'s. Opened by {@link SourceSpec}, closed when
 * every frame has been recycled; frames of a live source may come back later.
 */
public interface Source extends AutoCloseable {
    StreamFormat format();

    /**
     * The next frame, normalised to {@link StreamFormat#picture}, held once; null at the end. Damaged parts are passed over
     * and counted in {@link #report}. Throws a {@code Failure} when nothing more can be read and nothing was.
     */
    @Nullable Frame read() throws InterruptedException;

    /** How the last {@link #read} spent its time. Reading thread. */
    default ReadTimes times() {
        return ReadTimes.NONE;
    }

    /**
     * Where {@link #read} puts sound packets that it meets; set before the first read; the consumer closes them. A silent source
     * never calls it.
     */
    default void onSound(Consumer<SoundPacket> consumer) {}

    /** Lines for people: what was normalised, passed over or lost so far; empty when all is plain. */
    default List<String> report() {
        return List.of();
    }

    /**
     * Why no frames come just now, in one sentence, while a live source waits for a camera that is busy, gone or silent; null
     * while frames come. Any thread.
     */
    default @Nullable String trouble() {
        return null;
    }

    /** How many frames or packets were damaged or lost. */
    default long lost() {
        return 0;
    }

    /**
     * The same by cause, and for cameras how often they were opened again ({@code driver}, {@code late}, {@code damaged},
     * {@code reopened}); what the mailbox replaced is not in it. Any thread.
     */
    default Map<String, Long> losses() {
        return Map.of("damaged", lost());
    }

    @Override
    void close();
}
