package dev.handsover.capture;

/** How the last {@link Source#read} spent its time, ns; filled and read on the thread that reads the source. */
public final class ReadTimes {
    /** Of sources that neither wait nor convert. */
    static final ReadTimes NONE = new ReadTimes();

    private boolean painted;
    private long waitStart;
    private long waited;
    private long converted;

    /** Of a source that paints its frames. */
    public static ReadTimes ofPainter() {
        ReadTimes times = new ReadTimes();
        times.painted = true;
        return times;
    }

    /** A new frame is read. */
    public void begin() {
        waitStart = 0;
        waited = 0;
        converted = 0;
    }

    /** The source waited for the world from then on until now. */
    public void waitedSince(long startNanos) {
        waitStart = waited == 0 ? startNanos : waitStart;
        waited += System.nanoTime() - startNanos;
    }

    /** A picture was brought into another form from then on until now. */
    void convertedSince(long startNanos) {
        converted += System.nanoTime() - startNanos;
    }

    /** Adds what a source inside spent. */
    void include(ReadTimes inner) {
        waitStart = waited == 0 ? inner.waitStart : waitStart;
        waited += inner.waited;
        converted += inner.converted;
        painted = inner.painted;
    }

    /** What was neither waiting nor converting was painting, and not decoding. */
    boolean painted() {
        return painted;
    }

    /** When the first wait began, by {@link System#nanoTime}. */
    long waitStart() {
        return waitStart;
    }

    /** For the camera's or the clock's next picture. */
    long waited() {
        return waited;
    }

    /** In the normaliser. */
    long converted() {
        return converted;
    }
}
