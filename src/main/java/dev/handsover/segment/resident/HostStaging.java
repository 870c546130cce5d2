package dev.handsover.segment.resident;

import dev.handsover.segment.resident.ResidentNetwork.Place;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * A network between two pieces of host memory, bound once. With the processor it needs no card; with CUDA the provider copies
 * to and from the card by itself, which is what runs when OpenGL's buffers cannot be shared.
 */
final class HostStaging implements ResidentNetwork {
    private final NetworkSession session;
    private final Shape shape;
    private final String on;
    private final Proof.Finding finding;

    private HostStaging(NetworkSession session, Shape shape, String on, Proof.Finding finding) {
        this.session = session;
        this.shape = shape;
        this.on = on;
        this.finding = finding;
    }

    /**
     * Opens it on memory of the engine and proves it there.
     *
     * @param on what runs it, for people
     */
    static HostStaging open(OrtRuntime runtime, Proof proof, Provider provider, Place.Host place, String on)
            throws Refusal {
        Shape shape = proof.shape();
        if (place.input().byteSize() < shape.inputBytes() || place.output().byteSize() < shape.outputBytes()) {
            throw new IllegalArgumentException("the memory is smaller than the tensors");
        }
        NetworkSession session = NetworkSession.open(runtime, shape.card(), shape.width(), shape.height(), provider);
        boolean whole = false;
        try {
            session.bind(
                    shape,
                    NetworkSession.Memory.HOST,
                    0,
                    place.input().address(),
                    place.output().address());
            Proof.Finding finding = proof.examine((input, output) -> {
                MemorySegment.copy(input, 0, place.input(), 0, shape.inputBytes());
                session.run();
                MemorySegment.copy(place.output(), 0, output, 0, shape.outputBytes());
            });
            whole = true;
            return new HostStaging(session, shape, on, finding);
        } finally {
            if (!whole) {
                session.close();
            }
        }
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public void run() {
        session.run();
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "%s, %.1f ms", on, finding.millis());
    }

    @Override
    public void close() {
        session.close();
    }
}
