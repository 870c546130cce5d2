package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What a network must give: pictures with what the processor makes of them. Whatever else is to run the network must give
 * the same probabilities, or it is not believed. Any thread.
 */
final class Proof {
    /** Probabilities that differ by more than this are another result; 16-bit floats stay well below. */
    static final double TOLERANCE = 0.02;

    private static final int TIMED = 9;
    private static final int BACKGROUND = 0x6A7078;
    private static final int SKIN = 0xD29A7C;

    private final Shape shape;
    private final List<byte[]> inputs;
    private final List<float[]> outputs;

    /** A way to run the network for the proof: from tensors in host memory to tensors in host memory. */
    interface Subject {
        void run(MemorySegment input, MemorySegment output) throws Refusal;
    }

    /**
     * What a proof found.
     *
     * @param difference largest of any probability
     * @param millis median of some runs, copies of the proof included
     */
    record Finding(double difference, double millis) {}

    private Proof(Shape shape, List<byte[]> inputs, List<float[]> outputs) {
        this.shape = shape;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** Runs the network on the processor: a hand before a wall, and noise. */
    static Proof of(OrtRuntime runtime, ModelCard card, int width, int height, int threads) throws Refusal {
        try (Arena arena = Arena.ofConfined();
                NetworkSession session = NetworkSession.open(runtime, card, width, height, new Provider.Cpu(threads))) {
            Shape shape = session.shape();
            MemorySegment input = arena.allocate(shape.inputBytes(), 64);
            MemorySegment output = arena.allocate(shape.outputBytes(), 64);
            session.bind(shape, NetworkSession.Memory.HOST, 0, input.address(), output.address());
            List<byte[]> inputs = new ArrayList<>();
            List<float[]> outputs = new ArrayList<>();
            for (boolean noise : new boolean[] {false, true}) {
                draw(shape, input, noise);
                session.run();
                inputs.add(input.toArray(JAVA_BYTE));
                outputs.add(output.toArray(JAVA_FLOAT));
            }
            return new Proof(shape, inputs, outputs);
        }
    }

    Shape shape() {
        return shape;
    }

    /**
     * Puts it to the proof.
     *
     * @throws Refusal when it fails or gives something else
     */
    Finding examine(Subject subject) throws Refusal {
        double most = 0;
        double[] millis = new double[TIMED];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tensor = arena.allocate(shape.inputBytes(), 64);
            MemorySegment given = arena.allocate(shape.outputBytes(), 64);
            for (int i = 0; i < inputs.size(); i++) {
                // what a run that does nothing would leave behind must not pass
                given.fill((byte) 0x7F);
                MemorySegment.copy(inputs.get(i), 0, tensor, JAVA_BYTE, 0, inputs.get(i).length);
                subject.run(tensor, given);
                most = Math.max(most, difference(outputs.get(i), given));
            }
            if (!(most <= TOLERANCE)) {
                throw new Refusal(String.format(
                        Locale.ROOT,
                        "its mask differs from the processor's by up to %.3f, and %.2f is allowed",
                        most,
                        TOLERANCE));
            }
            for (int i = 0; i < TIMED; i++) {
                long start = System.nanoTime();
                subject.run(tensor, given);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        } catch (IllegalStateException e) {
            throw new Refusal(String.valueOf(e.getMessage()), e);
        }
        Arrays.sort(millis);
        return new Finding(most, millis[TIMED / 2]);
    }

    /** Largest difference of any probability; infinite when any is no number. */
    private double difference(float[] wanted, MemorySegment given) {
        int channels = shape.card().output().classes().size();
        boolean planar = shape.card().output().layout() == ModelCard.Layout.NCHW;
        long numbers = shape.outputBytes() / 4;
        long cells = numbers / channels;
        double[] a = new double[channels];
        double[] b = new double[channels];
        double most = 0;
        for (long cell = 0; cell < cells; cell++) {
            for (int c = 0; c < channels; c++) {
                long at = planar ? c * cells + cell : cell * channels + c;
                a[c] = wanted[(int) at];
                b[c] = given.getAtIndex(JAVA_FLOAT, at);
            }
            probabilities(a);
            probabilities(b);
            for (int c = 0; c < channels; c++) {
                double apart = Math.abs(a[c] - b[c]);
                most = Math.max(most, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
            }
        }
        return most;
    }

    private void probabilities(double[] values) {
        switch (shape.card().output().activation()) {
            case PROBABILITY -> {}
            case SIGMOID -> Arrays.setAll(values, c -> 1 / (1 + Math.exp(-values[c])));
            case SOFTMAX -> {
                double top = Arrays.stream(values).max().orElse(0);
                Arrays.setAll(values, c -> Math.exp(values[c] - top));
                double sum = Arrays.stream(values).sum();
                Arrays.setAll(values, c -> values[c] / sum);
            }
        }
    }

    private static void draw(Shape shape, MemorySegment tensor, boolean noise) {
        ModelCard.Input card = shape.card().input();
        SplittableRandom random = new SplittableRandom(7);
        int cells = shape.width() * shape.height();
        for (int cell = 0; cell < cells; cell++) {
            double x = (cell % shape.width() + 0.5) / shape.width();
            int row = cell / shape.width();
            double y = (row + 0.5) / shape.height();
            int rgb = noise
                    ? random.nextInt(1 << 24)
                    : shade(inHand(x, y * shape.height() / shape.width()) ? SKIN : BACKGROUND, x, y);
            for (int c = 0; c < 3; c++) {
                int source = card.bgr() ? 2 - c : c;
                double value = ((rgb >> (16 - 8 * source) & 0xFF) - card.mean().get(source))
                        / card.std().get(source);
                long at = card.layout() == ModelCard.Layout.NCHW ? (long) c * cells + cell : cell * 3L + c;
                if (card.element() == ModelCard.Element.UINT8) {
                    tensor.set(JAVA_BYTE, at, (byte) Math.round(value));
                } else {
                    tensor.setAtIndex(JAVA_FLOAT, at, (float) value);
                }
            }
        }
    }

    /** Lit from the upper left. */
    private static int shade(int rgb, double x, double y) {
        double light = 1.15 - 0.35 * (x + y) / 2;
        int out = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            out |= (int) Math.min(255, (rgb >> shift & 0xFF) * light) << shift;
        }
        return out;
    }

    /** A palm, a wrist and five fingers; both coordinates in widths of the picture. */
    private static boolean inHand(double x, double y) {
        double dx = (x - 0.5) / 0.10;
        double dy = (y - 0.33) / 0.10;
        boolean in = dx * dx + dy * dy < 1 || Math.abs(x - 0.5) < 0.06 && y > 0.36;
        for (int finger = 0; finger < 5; finger++) {
            double angle = Math.toRadians(-60 + 28 * finger);
            double along = (x - 0.5) * Math.sin(angle) - (y - 0.33) * Math.cos(angle);
            double across = (x - 0.5) * Math.cos(angle) + (y - 0.33) * Math.sin(angle);
            in |= along > 0 && along < (finger == 0 ? 0.17 : 0.21) && Math.abs(across) < 0.022;
        }
        return in;
    }
}
