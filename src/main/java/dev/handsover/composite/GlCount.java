package dev.handsover.composite;

import java.util.concurrent.atomic.AtomicInteger;

/** How many objects of OpenGL are alive in this process; a test holds it to account. */
final class GlCount {
    private static final AtomicInteger ALIVE = new AtomicInteger();

    private GlCount() {}

    static void made() {
        ALIVE.incrementAndGet();
    }

    static void freed() {
        ALIVE.decrementAndGet();
    }

    static int alive() {
        return ALIVE.get();
    }
}
