package dev.handsover.segment.resident;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * A network on a card between two pieces of host memory, pinned where the driver allows it: for when OpenGL draws elsewhere
 * or its buffers cannot be registered. Each run copies there and back and waits.
 */
final class CudaStaged implements ResidentNetwork {
    private final Cuda cuda;
    private final Shape shape;
    private final CudaNetwork network;
    private final MemorySegment input;
    private final MemorySegment output;
    private final boolean inputPinned;
    private final boolean outputPinned;

    /** Takes card and network over. */
    CudaStaged(Cuda cuda, Shape shape, CudaNetwork network, Place.Host place) {
        this.cuda = cuda;
        this.shape = shape;
        this.network = network;
        this.input = place.input().asSlice(0, shape.inputBytes());
        this.output = place.output().asSlice(0, shape.outputBytes());
        this.inputPinned = cuda.pin(input);
        this.outputPinned = cuda.pin(output);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public void enter() {
        cuda.adopt();
    }

    @Override
    public void run() {
        network.runOn(input, output);
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s on %s, %.1f ms, copied through %s memory",
                network.title(),
                cuda.name(),
                network.finding().millis(),
                inputPinned && outputPinned ? "pinned" : "host");
    }

    @Override
    public void close() {
        network.close();
        if (inputPinned) {
            cuda.unpin(input);
        }
        if (outputPinned) {
            cuda.unpin(output);
        }
        cuda.close();
    }
}
