package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.segment.resident.CudaDriver.Function;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A network between two buffers of OpenGL on the same card. Mapping and unmapping make the card keep the order between
 * OpenGL and CUDA, so that no thread ever waits; the tensors are copied on the card to memory that never moves, which costs
 * some microseconds and lets launches be recorded. A faster network that was built meanwhile is taken over between two runs.
 */
final class CudaShared implements ResidentNetwork {
    private static final int READ_ONLY = 1;
    private static final int WRITE_DISCARD = 2;

    private final Cuda cuda;
    private final Shape shape;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment resources = arena.allocate(JAVA_LONG, 2);
    private final MemorySegment pointer = arena.allocate(JAVA_LONG);
    private final MemorySegment size = arena.allocate(JAVA_LONG);
    private final Better better;
    private CudaNetwork network;

    private CudaShared(Cuda cuda, Shape shape, CudaNetwork network, Better better) {
        this.cuda = cuda;
        this.shape = shape;
        this.network = network;
        this.better = better;
    }

    /**
     * Registers the buffers and takes over card, network and builder, also when it throws. The thread has the card and the
     * buffers' context.
     *
     * @throws Refusal when OpenGL draws on another card, or the buffers cannot be registered
     */
    static CudaShared open(Cuda cuda, Shape shape, CudaNetwork network, Better better, Place.Buffers buffers)
            throws Refusal {
        CudaShared made = new CudaShared(cuda, shape, network, better);
        boolean whole = false;
        try {
            cuda.matchGl();
            made.resources.setAtIndex(JAVA_LONG, 0, cuda.register(buffers.input(), READ_ONLY));
            made.resources.setAtIndex(JAVA_LONG, 1, cuda.register(buffers.output(), WRITE_DISCARD));
            whole = true;
            return made;
        } finally {
            if (!whole) {
                made.close();
            }
        }
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
        CudaNetwork next = better.take();
        if (next != null) {
            better.retire(network);
            network = next;
        }
        CudaDriver driver = cuda.driver();
        long stream = network.stream();
        driver.map(2, resources, stream);
        try {
            long from = driver.mapped(pointer, size, resources.getAtIndex(JAVA_LONG, 0));
            long to = driver.mapped(pointer, size, resources.getAtIndex(JAVA_LONG, 1));
            network.runBetween(from, to);
        } finally {
            driver.unmap(2, resources, stream);
        }
    }

    @Override
    public String describe() {
        String building = better.describe();
        return String.format(
                Locale.ROOT,
                "%s on %s, %.1f ms%s",
                network.title(),
                cuda.name(),
                network.finding().millis(),
                building.isEmpty() ? "" : ", " + building);
    }

    @Override
    public void close() {
        better.close();
        cuda.give(Function.UNREGISTER_BUFFER, resources.getAtIndex(JAVA_LONG, 0));
        cuda.give(Function.UNREGISTER_BUFFER, resources.getAtIndex(JAVA_LONG, 1));
        network.close();
        cuda.close();
        arena.close();
    }

    /** For tests: the network in use. */
    @Nullable String title() {
        return network.title();
    }
}
