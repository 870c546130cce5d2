package dev.handsover.composite;

import java.lang.foreign.Arena;

/** Bytes of {@code width × height}, rows at multiples of 64. Known by address alone: it lives as long as its arena. */
final class Plane {
    final int width;
    final int height;
    final int stride;
    final long address;

    Plane(int width, int height, Arena arena) {
        this.width = width;
        this.height = height;
        this.stride = (width + 63) / 64 * 64;
        this.address = arena.allocate((long) stride * height + 64, 64).address();
    }

    long row(int y) {
        return address + (long) y * stride;
    }
}
