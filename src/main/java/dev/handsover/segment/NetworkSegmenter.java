package dev.handsover.segment;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One network through ONNX Runtime's Java binding: frame in, mask out. Input and output are tensors over memory that is
 * made once, so a frame costs no allocation of its size. Segmenters of one network, size and count of
 * threads share a session, which may run on several threads at once; each segmenter is used by one thread at a time.
 */
public final class NetworkSegmenter implements Segmenter {
    private final Shared shared;
    private final Arena arena = Arena.ofShared();
    private final Preprocess preprocess;
    private final MemorySegment tensor;
    private final OnnxTensor input;
    private final OnnxTensor output;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxValue> outputs;
    private final ClassReader reader;
    private final Mask mask;
    private long preparedNanos;

    private static final Sessions SESSIONS = new Sessions();

    /** What the segmenters of one network share, those of other runs in this process too. */
    record Shared(OrtSession session, ModelCard card, int width, int height, int threads, List<Long> outputShape) {
        Sessions.Key key() {
            return new Sessions.Key(card, width, height, threads);
        }
    }

    /** As {@link Segmenter#hold}. */
    static Segmenter.Hold hold() {
        SESSIONS.hold();
        return SESSIONS::release;
    }

    /** How many networks are open in this process. */
    static int networks() {
        return SESSIONS.count();
    }

    private NetworkSegmenter(Shared shared, PictureFormat frames, boolean[] kept) throws OrtException {
        this.shared = shared;
        ModelCard card = shared.card;
        long cells = (long) shared.width * shared.height;
        boolean bytes = card.input().element() == ModelCard.Element.UINT8;
        this.preprocess = new Preprocess(frames, card.input(), shared.width, shared.height, true, arena);
        this.tensor = arena.allocate(cells * 3 * (bytes ? 1 : 4) + 64, 64);
        MemorySegment probability = arena.allocate(cells * 4, 64);
        MemorySegment luma = arena.allocate(cells * 4, 64);
        long[] shape = shared.outputShape.stream().mapToLong(Long::longValue).toArray();
        this.reader = new ClassReader(card.output(), kept, shape, shared.width, shared.height, true, arena);
        MemorySegment raw = reader.isPlain() ? probability : reader.raw();
        this.mask = new Mask(shared.width, shared.height, probability, luma, reader.classes());
        OrtEnvironment environment = environment();
        this.input = tensor(environment, tensor.asSlice(0, cells * 3 * (bytes ? 1 : 4)), inputShape(shared), bytes);
        this.output = tensor(environment, raw, shape, false);
        this.inputs = Map.of(shared.session.getInputNames().iterator().next(), input);
        this.outputs = Map.of(outputName(shared.session, card), output);
    }

    private static OnnxTensor tensor(OrtEnvironment environment, MemorySegment memory, long[] shape, boolean bytes)
            throws OrtException {
        var buffer = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        return bytes
                ? OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8)
                : OnnxTensor.createTensor(environment, buffer.asFloatBuffer(), shape);
    }

    private static long[] inputShape(Shared shared) {
        return shared.card.input().layout() == ModelCard.Layout.NCHW
                ? new long[] {1, 3, shared.height, shared.width}
                : new long[] {1, shared.height, shared.width, 3};
    }

    private static String outputName(OrtSession session, ModelCard card) {
        String named = card.output().name();
        Set<String> names = session.getOutputNames();
        if (!named.isEmpty() && !names.contains(named)) {
            throw Failure.model("The network of \"" + card.name() + "\" has no output \"" + named + "\"; it has "
                    + String.join(", ", names) + ".");
        }
        return named.isEmpty() ? names.iterator().next() : named;
    }

    /**
     * Opens {@code workers} segmenters that share one session and may run at the same time on different frames.
     *
     * @param keep class names of the card that count as kept; empty is the card's own choice
     * @param threads ONNX Runtime's threads for one run
     * @param pixelBudget about how many input pixels; 0 is the card's own
     */
    public static List<NetworkSegmenter> open(
            ModelCard card, PictureFormat frames, List<String> keep, int workers, int threads, int pixelBudget) {
        boolean[] kept = card.kept(keep);
        int budget = pixelBudget > 0 ? pixelBudget : card.input().pixels();
        int[] size = card.input().sizeFor(frames.displayAspect(), budget);
        Sessions.Key key = new Sessions.Key(card, size[0], size[1], threads);
        List<NetworkSegmenter> segmenters = new ArrayList<>();
        try {
            while (segmenters.size() < workers) {
                Shared shared = SESSIONS.take(key, () -> share(key));
                try {
                    segmenters.add(new NetworkSegmenter(shared, frames, kept));
                } catch (OrtException | RuntimeException e) {
                    SESSIONS.giveBack(key);
                    throw e;
                }
            }
            return segmenters;
        } catch (OrtException e) {
            throw Failure.model(
                    "ONNX Runtime cannot run " + card.file() + " as \"" + card.name() + "\": " + reason(e) + ".", e);
        } finally {
            if (segmenters.size() < workers) {
                segmenters.forEach(NetworkSegmenter::close);
            }
        }
    }

    private static Shared share(Sessions.Key key) throws OrtException {
        ModelCard card = key.card();
        card.verify();
        int[] size = {key.width(), key.height()};
        OrtSession session = session(card, size, key.threads());
        try {
            return new Shared(session, card, size[0], size[1], key.threads(), outputShape(session, card, size));
        } catch (OrtException | RuntimeException e) {
            close(session);
            throw e;
        }
    }

    /** The process's one environment; it only speaks when nothing works any more, since failures are told in our words. */
    static OrtEnvironment environment() {
        return Runtimes.ENVIRONMENT;
    }

    private static OrtSession session(ModelCard card, int[] size, int threads) throws OrtException {
        OrtEnvironment environment = environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // a spinning pool burns the time that decoder and encoder need
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.setSymbolicDimensionValue("batch", 1);
            options.setSymbolicDimensionValue("width", size[0]);
            options.setSymbolicDimensionValue("height", size[1]);
            return environment.createSession(card.file().toString(), options);
        }
    }

    /** Runs once with nothing in it: proves that the network takes this size, and tells the output's shape. */
    private static List<Long> outputShape(OrtSession session, ModelCard card, int[] size) throws OrtException {
        boolean bytes = card.input().element() == ModelCard.Element.UINT8;
        Shared asked = new Shared(session, card, size[0], size[1], 1, List.of());
        String name = session.getInputNames().iterator().next();
        if (!card.input().name().isEmpty()
                && !session.getInputNames().contains(card.input().name())) {
            throw Failure.model("The network of \"" + card.name() + "\" has no input \""
                    + card.input().name() + "\"; it has " + name + ".");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment blank = arena.allocate(3L * size[0] * size[1] * (bytes ? 1 : 4), 64);
            try (OnnxTensor zeros = tensor(environment(), blank, inputShape(asked), bytes);
                    OrtSession.Result result = session.run(Map.of(name, zeros), Set.of(outputName(session, card)))) {
                if (!(result.get(0).getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT) {
                    throw Failure.model("The network of \"" + card.name() + "\" does not give 32-bit floats.");
                }
                return Arrays.stream(info.getShape()).boxed().toList();
            }
        }
    }

    /** The first line of what ONNX Runtime says, without its error code. */
    static String reason(OrtException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        int dash = message.indexOf(" - message: ");
        return (dash < 0 ? message : message.substring(dash + 12)).replaceAll("\\.$", "");
    }

    @Override
    public Mask segment(Frame frame) {
        preprocess.fill(frame, tensor, mask.luma());
        preparedNanos = System.nanoTime();
        try (OrtSession.Result _ = shared.session.run(inputs, outputs)) {
            reader.read(mask.probability());
        } catch (OrtException e) {
            throw new IllegalStateException("the network failed: " + reason(e), e);
        }
        return mask;
    }

    @Override
    public Mask see(Frame frame) {
        preprocess.fill(frame, tensor, mask.luma());
        preparedNanos = System.nanoTime();
        return mask;
    }

    @Override
    public long preparedNanos() {
        return preparedNanos;
    }

    @Override
    public int width() {
        return shared.width;
    }

    @Override
    public int height() {
        return shared.height;
    }

    @Override
    public int threads() {
        return shared.threads;
    }

    @Override
    public String describe() {
        return "network";
    }

    /** ONNX Runtime's version. */
    public static String runtimeVersion() {
        return environment().getVersion();
    }

    static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("the session does not close: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        input.close();
        output.close();
        arena.close();
        SESSIONS.giveBack(shared.key());
    }
}
