package dev.handsover.profile;

/** The stages of a frame's way, in order; the one list that tables, reports and events are made from. */
public enum Stage {
    DECODE("decode"),
    SEGMENT("segment"),
    MATTE("matte"),
    COMPOSITE("composite"),
    ENCODE("encode");

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
