package dev.handsover.v4l2;

import org.jspecify.annotations.Nullable;

/** How a device's pictures lie in memory. */
public enum Coding {
    I420("YU12", 0),
    NV12("NV12", 1),
    YUYV("YUYV", 2),
    UYVY("UYVY", 3),
    GRAY("GREY", 4),
    RGB("RGB3", 5),
    BGR("BGR3", 6),
    MJPEG("MJPG", 7),
    JPEG("JPEG", 8),
    H264("H264", 9);

    /** The kernel's code of four letters, the first in the lowest byte. */
    final int code;

    private final int effort;

    Coding(String letters, int effort) {
        this.code = letters.charAt(0) | letters.charAt(1) << 8 | letters.charAt(2) << 16 | letters.charAt(3) << 24;
        this.effort = effort;
    }

    /** Null for codes that this program does not read. */
    static @Nullable Coding of(int code) {
        for (Coding each : values()) {
            if (each.code == code) {
                return each;
            }
        }
        return null;
    }

    /** Pictures that must be decoded. */
    public boolean compressed() {
        return this == MJPEG || this == JPEG || this == H264;
    }

    /** What it costs to take in, in no unit: less is better. */
    public int effort() {
        return effort;
    }

    /** Every picture can be read without those before it. */
    public boolean independent() {
        return this != H264;
    }
}
