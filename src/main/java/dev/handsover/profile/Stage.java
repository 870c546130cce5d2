package dev.handsover.profile;

/** The stages of a frame's way, in order; the one list that tables, reports, traces and events are made from. */
public enum Stage {
    /** The camera's or the clock's own time: nothing to do until the next picture is there. */
    WAIT("capture wait", Kind.WAIT),
    DECODE("decode", Kind.WORK),
    /** What patterns do instead of decoding. */
    PAINT("paint", Kind.WORK),
    /** What brings odd inputs into planar 8-bit YUV: scaling, turning, deinterlacing. */
    NORMALISE("normalise", Kind.WORK),
    MAILBOX("mailbox age", Kind.WAIT),
    /** From the camera to the engine, live: what the driver, the decoder and the mailbox cost. */
    AGE("camera to engine", Kind.WAY),
    /** Until a worker has time for the frame. */
    BACKLOG("network queue", Kind.WAIT),
    PREPROCESS("preprocess", Kind.WORK),
    NETWORK("network", Kind.WORK),
    /** Preprocess and network. */
    SEGMENT("segment", Kind.WAY),
    TEMPORAL("temporal", Kind.WORK),
    MATTE("matte", Kind.WORK),
    COMPOSITE("composite", Kind.WORK),
    /** Bringing pictures back from the graphics device; the wait for its drawing is in it. */
    READ_BACK("read-back", Kind.WORK),
    /** From the frame's arrival at the engine to its finished picture. */
    ENGINE("engine", Kind.WAY),
    /** From the camera to the finished picture, live. */
    TOTAL("camera to picture", Kind.WAY),
    /** Until an output has time for the picture. */
    OUTBOX("output queue", Kind.WAIT),
    ENCODE("encode", Kind.WORK),
    /** From the camera to what an output has written, live. */
    OUT("camera to output", Kind.WAY),
    /** From the window's taking a picture to its standing on the screen. */
    PRESENT("present", Kind.WORK),
    DEVICE_UPLOAD("device: upload", Kind.DEVICE),
    DEVICE_PREPROCESS("device: preprocess", Kind.DEVICE),
    /** The network on the card, with the hand-over to it and back. */
    DEVICE_NETWORK("device: network", Kind.DEVICE),
    DEVICE_MATTE("device: matte", Kind.DEVICE),
    DEVICE_LOOK("device: look", Kind.DEVICE),
    DEVICE_READ_BACK("device: read-back", Kind.DEVICE);

    /** What a stage's time consists of. */
    public enum Kind {
        /** Somebody works on this frame. */
        WORK,
        /** Nobody does. */
        WAIT,
        /** Several stages together: never added to the others. */
        WAY,
        /** The graphics device's own time by its own clock, beside what threads do: never added to theirs. */
        DEVICE
    }

    private final String label;
    private final Kind kind;

    Stage(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    public String label() {
        return label;
    }

    public Kind kind() {
        return kind;
    }
}
