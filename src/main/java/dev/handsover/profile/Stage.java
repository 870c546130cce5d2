package dev.handsover.profile;

/** The stages of a frame's way, in order; the one list that tables, reports and events are made from. */
public enum Stage {
    DECODE("decode"),
    /** From the camera to the engine, live: what the driver, the decoder and the mailbox cost. */
    AGE("camera to engine"),
    SEGMENT("segment"),
    MATTE("matte"),
    COMPOSITE("composite"),
    /** From the camera to the finished picture, live. */
    TOTAL("camera to picture"),
    ENCODE("encode");

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
