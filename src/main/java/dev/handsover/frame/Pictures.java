package dev.handsover.frame;

/** A layer's pictures by time: a still, a looped video, slides. One thread uses it. */
public interface Pictures extends AutoCloseable {
    /** The picture at that time; it stays the giver's and valid until the next call. The same object means the same pixels. */
    Frame at(long timeNanos);

    /** True when every call gives the same pixels. */
    boolean still();

    @Override
    void close();
}
