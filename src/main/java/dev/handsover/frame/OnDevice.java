package dev.handsover.frame;

/** A picture's pixels in the memory of a graphics device, for who draws there; beside its planes, or instead of them. */
public interface OnDevice {
    /** The frame's last holder has gone. Any thread; called once. */
    void release();
}
