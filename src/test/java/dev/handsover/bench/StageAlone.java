package dev.handsover.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.handsover.Ff;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.ModelCard;
import dev.handsover.sink.Output;
import dev.handsover.sink.Sinks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * One stage of a run by itself, with the libraries and settings that a run uses, or the whole run in the same harness; prints
 * one line of JSON. {@code tools/bench/whole.py} starts it.
 */
public final class StageAlone {
    private static final int DAWDLE_MILLIS = Integer.getInteger("handsover.bench.sleep", 0);

    private StageAlone() {}

    /**
     * {@code decode FILE}, {@code network FILE}, {@code encode Y4M OUT}, {@code process FILE BACKGROUND OUT},
     * {@code mask TENSOR MASK WIDTH HEIGHT}; then key=value.
     */
    public static void main(String[] args) throws InterruptedException, OrtException, IOException {
        Options options = Options.of(args);
        switch (args[0]) {
            case "ffmpeg" -> System.out.println(Ff.program());
            case "decode" -> decode(args[1], options);
            case "network" -> network(args[1], options);
            case "encode" -> encode(Path.of(args[1]), Path.of(args[2]), options);
            case "mask" ->
                mask(Path.of(args[1]), Path.of(args[2]), new int[] {Integer.parseInt(args[3]), Integer.parseInt(args[4])
                });
            case "process" -> process(args[1], Path.of(args[2]), args[3], options);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /**
     * Of one measurement.
     *
     * @param frames in all
     * @param warm of them not counted
     * @param threads of ONNX Runtime for one frame
     * @param pixels about how many input pixels of the network; unless told, those that all others are given too
     * @param every so many frames a run prints the memory in use
     * @param stages the median time of each stage is told too
     */
    private record Options(
            int frames,
            int warm,
            int workers,
            int threads,
            int pixels,
            int every,
            boolean spin,
            boolean arena,
            boolean stages) {
        static Options of(String[] args) {
            return new Options(
                    number(args, "frames", 300),
                    number(args, "warm", 100),
                    number(args, "workers", 1),
                    number(args, "threads", 1),
                    number(args, "pixels", 61_440),
                    number(args, "every", 0),
                    number(args, "spin", 0) == 1,
                    number(args, "arena", 1) == 1,
                    number(args, "stages", 0) == 1);
        }

        private static int number(String[] args, String key, int otherwise) {
            for (String arg : args) {
                if (arg.startsWith(key + "=")) {
                    return Integer.parseInt(arg.substring(key.length() + 1));
                }
            }
            return otherwise;
        }
    }

    private static void decode(String file, Options options) throws InterruptedException {
        Meter meter = new Meter(options.warm);
        try (Source source = SourceSpec.parse(file).open(SourceSpec.Options.ALL)) {
            source.onSound(packet -> packet.close());
            Frame frame = source.read();
            for (int i = 0; frame != null && i < options.frames; i++) {
                frame.recycle();
                meter.frame();
                frame = source.read();
            }
            if (frame != null) {
                frame.recycle();
            }
        }
        System.out.println(meter.json());
    }

    /** ONNX Runtime's own time on a tensor that is there already: no scaling, no reading of the output. */
    private static void network(String file, Options options) throws OrtException, InterruptedException {
        ModelCard card = ModelCard.find("hands");
        int[] size;
        try (Source source = SourceSpec.parse(file).open(SourceSpec.Options.ALL)) {
            double aspect = source.format().picture().displayAspect();
            size = card.input().sizeFor(aspect, options.pixels);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            session.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session.setIntraOpNumThreads(options.threads);
            session.setInterOpNumThreads(1);
            session.setCPUArenaAllocator(options.arena);
            session.addConfigEntry("session.intra_op.allow_spinning", options.spin ? "1" : "0");
            session.setSymbolicDimensionValue("batch", 1);
            session.setSymbolicDimensionValue("width", size[0]);
            session.setSymbolicDimensionValue("height", size[1]);
            try (OrtSession opened = environment.createSession(card.file().toString(), session)) {
                run(environment, opened, size, options);
            }
        }
    }

    /** The first plane of the network's answer to one tensor, as a reference for other programs that run it. */
    private static void mask(Path tensor, Path mask, int[] size) throws OrtException, IOException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer values = ByteBuffer.wrap(Files.readAllBytes(tensor))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        ByteBuffer plane = ByteBuffer.allocate(4 * size[0] * size[1]).order(ByteOrder.nativeOrder());
        String file = ModelCard.find("hands").file().toString();
        try (OrtSession opened = environment.createSession(file);
                OnnxTensor input = OnnxTensor.createTensor(environment, values, new long[] {1, 3, size[1], size[0]});
                OrtSession.Result answer = opened.run(Map.of("input", input))) {
            FloatBuffer all = ((OnnxTensor) answer.get(0)).getFloatBuffer();
            for (int i = 0; i < size[0] * size[1]; i++) {
                plane.putFloat(4 * i, all.get(i));
            }
        }
        Files.write(mask, plane.array());
    }

    private static long[] outputShape(OrtSession session, int[] size) throws OrtException {
        TensorInfo info =
                (TensorInfo) session.getOutputInfo().values().iterator().next().getInfo();
        return new long[] {1, info.getShape()[1], size[1], size[0]};
    }

    private static void run(OrtEnvironment environment, OrtSession session, int[] size, Options options)
            throws InterruptedException, OrtException {
        long[] shape = outputShape(session, size);
        Meter meter = new Meter(options.warm);
        AtomicInteger left = new AtomicInteger(options.frames);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < options.workers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (OnnxTensor input = OnnxTensor.createTensor(
                                environment, ramp(3 * size[0] * size[1]), new long[] {1, 3, size[1], size[0]});
                        OnnxTensor output =
                                OnnxTensor.createTensor(environment, ramp((int) shape[1] * size[0] * size[1]), shape)) {
                    Map<String, OnnxTensor> inputs = Map.of("input", input);
                    Map<String, OnnxValue> outputs = Map.of("mask", output);
                    while (left.getAndDecrement() > 0) {
                        session.run(inputs, outputs).close();
                        synchronized (meter) {
                            meter.frame();
                        }
                    }
                } catch (OrtException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(meter.json());
    }

    private static FloatBuffer ramp(int n) {
        FloatBuffer buffer =
                ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (int i = 0; i < n; i++) {
            buffer.put(i, (float) Math.sin(i * 0.01));
        }
        return buffer;
    }

    /** The pictures of a Y4M file, over and over, to the output that a run would take for {@code out}. */
    private static void encode(Path y4m, Path out, Options options) throws InterruptedException, IOException {
        Meter meter = new Meter(options.warm);
        StreamFormat stream;
        try (Source source = SourceSpec.parse(y4m.toString()).open(SourceSpec.Options.ALL)) {
            stream = source.format();
        }
        try (RawPictures raw = new RawPictures(y4m, stream.picture());
                Sinks sinks = Sinks.open(
                        List.of(Output.parse(out.toString())),
                        new Output.Job(stream.picture(), stream, Output.Encoding.AUTO, false, true, 0),
                        new Latency(),
                        () -> false)) {
            long duration = Math.round(1e9 / stream.frameRate().value());
            for (int i = 0; i < options.frames; i++) {
                sinks.push(raw.take(i, duration));
                meter.frame();
            }
            sinks.finish();
        }
        System.out.println(meter.json());
    }

    private static void process(String file, Path background, String out, Options options) throws InterruptedException {
        Meter meter = new Meter(options.warm, options.every);
        SourceSpec.Options all = SourceSpec.Options.ALL;
        SourceSpec.Options cut = new SourceSpec.Options(
                null, null, options.frames, null, all.maxPixels(), all.connectLimit(), all.readLimit());
        Settings settings = new Settings(
                SourceSpec.parse(file),
                cut,
                new Settings.ModelChoice("hands", List.of(), options.pixels),
                MatteSettings.DEFAULT,
                Look.over(new Look.Background.Media()),
                Settings.LayerFiles.behind(background),
                null,
                List.of(out.equals("null:") ? new Output.Program(StageAlone::taken) : Output.parse(out)),
                Output.Encoding.AUTO,
                true,
                new Settings.Tuning(Settings.CompositorChoice.CPU, options.workers, options.threads, 1));
        Latency latency = new Pipeline(settings, new Counting(meter)).run().latency();
        String json = meter.json();
        System.out.println(
                options.stages ? json.replaceFirst("}$", ", \"stages\": {" + medians(latency) + "}}") : json);
    }

    /** What takes pictures that go nowhere; it can be told to dawdle, for {@code tools/bench/gate} to prove that it sees that. */
    private static void taken(Frame picture) {
        try {
            Thread.sleep(DAWDLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String medians(Latency latency) {
        return Arrays.stream(Stage.values())
                .filter(stage -> latency.count(stage) > 0)
                .map(stage -> String.format(Locale.ROOT, "\"%s\": %.6f", stage.label(), latency.millis(stage, 50)))
                .collect(Collectors.joining(", "));
    }

    private record Counting(Meter meter) implements Pipeline.Watcher {
        @Override
        public void opened(StreamFormat stream, String tier, String outputs) {}

        @Override
        public void frame(long count, long timeNanos) {
            meter.frame();
        }

        @Override
        public void closed() {}

        @Override
        public void note(String line) {}
    }
}
