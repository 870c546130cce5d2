package dev.handsover.frame;

import java.util.concurrent.atomic.AtomicInteger;

/** A packet that several read; it is closed with its last holder. Made with one, its maker. */
public final class SharedSound implements Shared {
    private final SoundPacket packet;
    private final AtomicInteger holders = new AtomicInteger(1);

    public SharedSound(SoundPacket packet) {
        this.packet = packet;
    }

    public SoundPacket packet() {
        return packet;
    }

    @Override
    public SharedSound retain() {
        if (holders.getAndIncrement() <= 0) {
            throw new IllegalStateException("sound retained after its end");
        }
        return this;
    }

    @Override
    public void recycle() {
        if (holders.decrementAndGet() == 0) {
            packet.close();
        }
    }
}
