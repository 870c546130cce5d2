package dev.handsover.frame;

/**
 * A packet of compressed sound on its way from a source to the sinks. Its holder closes it; a sink that keeps it longer
 * than the call takes a reference of its own (av_packet_ref on {@link #address}).
 */
public interface SoundPacket extends AutoCloseable {
    /** {@link SoundTrack#index} of its track. */
    int track();

    /** Presentation time on the same clock as {@link Frame#timeNanos}. */
    long timeNanos();

    /**
     * Address of an AVPacket whose time stamps are in the track's time base and already shifted to the frames' clock (a
     * frame's time 0 is the sound's time 0).
     */
    long address();

    @Override
    void close();
}
