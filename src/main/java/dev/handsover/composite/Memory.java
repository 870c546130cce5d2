package dev.handsover.composite;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Bytes and floats by address, for loops over planes of frames; addresses come from frames, so none is out of place. */
final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Memory() {}

    /** The byte as 0..255. */
    static int get(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xFF;
    }

    static void set(long address, int code) {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte) code);
    }

    static float getFloat(long address) {
        return ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
    }

    static void setFloat(long address, float value) {
        ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address, value);
    }

    static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    static void fill(long address, int code, long bytes) {
        ALL.asSlice(address, bytes).fill((byte) code);
    }
}
