package dev.handsover;

import dev.handsover.capture.Microphone;
import dev.handsover.capture.Source;
import dev.handsover.frame.SoundPacket;
import dev.handsover.sink.Sinks;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Packets of sound between the thread of a source or a microphone and the sinks. */
final class Sound implements AutoCloseable {
    private final ConcurrentLinkedQueue<SoundPacket> packets = new ConcurrentLinkedQueue<>();

    private Sound() {}

    /** Listens to a source that was not read yet. */
    static Sound from(Source source) {
        Sound sound = new Sound();
        source.onSound(sound.packets::add);
        return sound;
    }

    /** Listens to a microphone from now on; there may be none. */
    static Sound from(@Nullable Microphone microphone, long originNanos) {
        Sound sound = new Sound();
        if (microphone != null) {
            microphone.start(originNanos, sound.packets::add);
        }
        return sound;
    }

    /** Hands over what has come, waiting for slow sinks; sound thus reaches them ahead of the pictures that it belongs to. */
    void drainTo(Sinks sinks) throws InterruptedException {
        @Nullable SoundPacket packet;
        while ((packet = packets.poll()) != null) {
            sinks.push(packet);
        }
    }

    /** The same for live runs: nobody is waited for. */
    void offerTo(Sinks sinks) {
        @Nullable SoundPacket packet;
        while ((packet = packets.poll()) != null) {
            sinks.offer(packet);
        }
    }

    @Override
    public void close() {
        @Nullable SoundPacket packet;
        while ((packet = packets.poll()) != null) {
            packet.close();
        }
    }
}
