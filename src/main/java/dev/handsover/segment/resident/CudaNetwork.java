package dev.handsover.segment.resident;

import dev.handsover.segment.resident.CudaDriver.Function;
import dev.handsover.segment.resident.NetworkSession.Memory;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.lang.foreign.MemorySegment;

/**
 * A proven network on a card: a session on a stream of its own, between two pieces of the card's memory that never move, as
 * recorded launches (CUDA graphs) need it. Everything is ordered on that stream and nothing waits. One thread at a time.
 */
final class CudaNetwork implements AutoCloseable {
    private final Cuda cuda;
    private final Shape shape;
    private final long inputBytes;
    private final long outputBytes;
    private long stream;
    private long input;
    private long output;
    private NetworkSession session;
    private Proof.Finding finding = new Proof.Finding(0, 0);

    /** How a session is made on a stream. */
    interface Kind {
        Provider on(int device, long stream);
    }

    private CudaNetwork(OrtRuntime runtime, Cuda cuda, Shape shape, Kind kind) throws Refusal {
        this.cuda = cuda;
        this.shape = shape;
        this.inputBytes = shape.inputBytes();
        this.outputBytes = shape.outputBytes();
        boolean whole = false;
        try {
            stream = cuda.createStream();
            input = cuda.allocate(shape.inputBytes());
            output = cuda.allocate(shape.outputBytes());
            session = NetworkSession.open(
                    runtime, shape.card(), shape.width(), shape.height(), kind.on(cuda.index(), stream));
            whole = true;
        } finally {
            if (!whole) {
                giveMemory();
            }
        }
    }

    /**
     * Opens it and proves it; the card must be the thread's.
     *
     * @throws Refusal when it cannot be opened, or gives something else than the processor; nothing stays open
     */
    static CudaNetwork open(OrtRuntime runtime, Cuda cuda, Proof proof, Kind kind) throws Refusal {
        CudaNetwork made = new CudaNetwork(runtime, cuda, proof.shape(), kind);
        boolean whole = false;
        try {
            made.session.bind(made.shape, Memory.CUDA, cuda.index(), made.input, made.output);
            made.finding = proof.examine(made::runOn);
            whole = true;
            return made;
        } finally {
            if (!whole) {
                made.close();
            }
        }
    }

    /** Host memory to host memory, and waits. */
    void runOn(MemorySegment from, MemorySegment to) {
        cuda.driver().copy(Function.UPLOAD, input, from.address(), inputBytes, stream);
        session.run();
        cuda.driver().copy(Function.DOWNLOAD, to.address(), output, outputBytes, stream);
        cuda.driver().await(stream);
    }

    /** From memory on the card to memory on the card, in the stream's order. */
    void runBetween(long from, long to) {
        cuda.driver().copy(Function.COPY, input, from, inputBytes, stream);
        session.run();
        cuda.driver().copy(Function.COPY, to, output, outputBytes, stream);
    }

    long stream() {
        return stream;
    }

    Proof.Finding finding() {
        return finding;
    }

    /** {@code CUDA}, {@code TensorRT}. */
    String title() {
        return session.provider().title();
    }

    private void giveMemory() {
        cuda.give(Function.FREE, input);
        cuda.give(Function.FREE, output);
        cuda.give(Function.DESTROY_STREAM, stream);
    }

    /** Waits for what is under way. */
    @Override
    public void close() {
        cuda.give(Function.AWAIT_STREAM, stream);
        session.close();
        giveMemory();
    }
}
