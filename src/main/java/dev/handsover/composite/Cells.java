package dev.handsover.composite;

import java.lang.foreign.Arena;

/** Floats of {@code width × height} outside the Java heap, rows without gaps; kernels may read 32 bytes after the last. */
final class Cells {
    private static final long BEYOND = 32;
    final int width;
    final int height;
    final long address;

    Cells(int width, int height, Arena arena) {
        this.width = width;
        this.height = height;
        this.address = arena.allocate(4L * width * height + BEYOND, 64).address();
    }

    int count() {
        return width * height;
    }

    float get(int i) {
        return Memory.getFloat(address + 4L * i);
    }

    void set(int i, float value) {
        Memory.setFloat(address + 4L * i, value);
    }

    void copyFrom(Cells other) {
        Memory.copy(other.address, address, 4L * count());
    }
}
