package dev.handsover.sink;

import dev.handsover.frame.SoundPacket;
import java.util.concurrent.atomic.AtomicInteger;

/** A packet that several sinks read; it is closed with the last share. */
final class SharedSound {
    private final SoundPacket packet;
    private final AtomicInteger shares;

    SharedSound(SoundPacket packet, int shares) {
        this.packet = packet;
        this.shares = new AtomicInteger(shares);
    }

    SoundPacket packet() {
        return packet;
    }

    void release() {
        if (shares.decrementAndGet() == 0) {
            packet.close();
        }
    }
}
