package dev.handsover.sink;

import dev.handsover.frame.SoundPacket;
import java.util.concurrent.atomic.AtomicInteger;

/** A packet that several sinks read; it is closed with the last share. Made with one share, its maker's. */
final class SharedSound {
    private final SoundPacket packet;
    private final AtomicInteger shares = new AtomicInteger(1);

    SharedSound(SoundPacket packet) {
        this.packet = packet;
    }

    SoundPacket packet() {
        return packet;
    }

    void retain() {
        shares.incrementAndGet();
    }

    void release() {
        if (shares.decrementAndGet() == 0) {
            packet.close();
        }
    }
}
