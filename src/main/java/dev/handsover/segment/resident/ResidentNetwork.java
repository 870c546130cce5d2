package dev.handsover.segment.resident;

import dev.handsover.segment.ModelCard;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A network whose input and output lie where the engine put them. The input's bytes are the card's tensor, already scaled
 * ({@code (code − mean) / std}), in the card's layout and element; the output's are float32 in the card's output layout,
 * as the network gives them: {@link Shape#output}. One thread at a time uses it; for buffers of OpenGL the one whose context
 * is theirs.
 */
public interface ResidentNetwork extends AutoCloseable {
    /**
     * The tensors of one card at one size.
     *
     * @param width of the input in pixels
     * @param height of the input in pixels
     * @param output all dimensions of the output tensor, e.g. 1, 2, 192, 320; its size may differ from the input's
     */
    record Shape(ModelCard card, int width, int height, List<Long> output) {
        public Shape {
            output = List.copyOf(output);
        }

        /** Bytes of the input tensor. */
        public long inputBytes() {
            return 3L * width * height * (card.input().element() == ModelCard.Element.UINT8 ? 1 : 4);
        }

        /** Bytes of the output tensor. */
        public long outputBytes() {
            return 4 * output.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
        }

        /** All dimensions of the input tensor, a batch of one first. */
        public long[] input() {
            return card.input().layout() == ModelCard.Layout.NCHW
                    ? new long[] {1, 3, height, width}
                    : new long[] {1, height, width, 3};
        }
    }

    /** Where the tensors lie; the engine owns them and keeps them until the network is closed. */
    sealed interface Place {
        /** Host memory, 64-byte aligned: own memory, or buffers of OpenGL that stay mapped. */
        record Host(MemorySegment input, MemorySegment output) implements Place {}

        /** Names of buffers of the OpenGL context that is current, of {@link Shape}'s sizes and never resized. */
        record Buffers(int input, int output) implements Place {}
    }

    /** A way to run the network that is not open yet: what the engine makes its buffers for. */
    interface Opening {
        /** {@code resident-tensorrt}, {@code resident-cuda}, {@code staged-cuda}, {@code gl+cpu}. */
        String tier();

        Shape shape();

        /** True when {@link #on} takes {@link Place.Buffers}; else it takes {@link Place.Host}. */
        boolean inBuffers();

        /**
         * Opens the network there and proves it: it has run, and gave what the processor gives.
         *
         * @throws Refusal when it cannot, or gives something else; nothing stays open
         */
        ResidentNetwork on(Place place) throws Refusal;
    }

    /** Why a way to run the network does not work here, in one plain sentence. */
    final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        public Refusal(String sentence) {
            super(sentence);
        }

        public Refusal(String sentence, Throwable cause) {
            super(sentence, cause);
        }

        public String sentence() {
            return String.valueOf(getMessage());
        }
    }

    Shape shape();

    /** Makes what it needs the calling thread's; a thread that has not opened it calls this before it runs or closes it. */
    default void enter() {}

    /**
     * Input to output. For {@link Place.Host} both are whole when it returns. For {@link Place.Buffers} what OpenGL wrote
     * before this call is seen, and what OpenGL reads after it is whole: the card keeps the order and no thread waits.
     * Allocates nothing.
     *
     * @throws IllegalStateException when the device is lost or refuses; the output is undefined then and the network must
     *     be closed
     */
    void run();

    /** What runs it, for people: {@code CUDA on NVIDIA H100, 0.6 ms}. */
    String describe();

    @Override
    void close();
}
