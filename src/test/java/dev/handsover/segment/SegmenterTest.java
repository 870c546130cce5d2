package dev.handsover.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks with a known answer, and the shipped ones. */
class SegmenterTest {
    private static final PictureFormat FORMAT = PictureFormat.i420(128, 64, ColorSpec.assumedFor(720));

    @TempDir
    Path folder;

    /** Left half one colour, right half another. */
    private static Frame halves(FramePool pool, int left, int right) throws InterruptedException {
        Frame frame = pool.take();
        for (int plane = 0; plane < 3; plane++) {
            for (int y = 0; y < FORMAT.planeHeight(plane); y++) {
                for (int x = 0; x < FORMAT.planeWidth(plane); x++) {
                    int rgb = x < FORMAT.planeWidth(plane) / 2 ? left : right;
                    double[] yuv = FORMAT.color()
                            .toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
                    frame.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x, (byte)
                            Math.round(yuv[plane]));
                }
            }
        }
        return frame;
    }

    private Path card(
            String name, String inputLayout, String type, String outputLayout, String activation, String classes)
            throws IOException {
        String scale =
                type.equals("uint8") ? "[0,0,0],\"std\":[1,1,1]" : "[127.5,127.5,127.5],\"std\":[127.5,127.5,127.5]";
        String json = """
                {"title":"t","file":"%s.onnx","sha256":"%s",
                 "input":{"name":"in","layout":"%s","type":"%s","order":"rgb",
                          "size":{"multiple":8,"extra":0,"pixels":2048},"mean":%s},
                 "output":{"name":"out","layout":"%s","activation":"%s","classes":[%s],"keep":["kept"]},
                 "licence":"Apache-2.0","data":"none"}
                """.formatted(
                        name,
                        ModelCard.digest(folder.resolve(name + ".onnx")),
                        inputLayout,
                        type,
                        scale,
                        outputLayout,
                        activation,
                        classes);
        return Files.writeString(folder.resolve(name + ".json"), json);
    }

    private static float at(Mask mask, double x, double y) {
        long row = (long) (y * mask.height());
        long cell = row * mask.width() + (long) (x * mask.width());
        return mask.probability().getAtIndex(ValueLayout.JAVA_FLOAT, cell);
    }

    private static void withMask(Path card, int left, int right, java.util.function.Consumer<Mask> look)
            throws InterruptedException {
        try (FramePool pool = new FramePool(FORMAT, 1);
                Segmenter segmenter = Segmenter.open(ModelCard.read(card), FORMAT, List.of(), 1, 1, 0)
                        .getFirst()) {
            Frame frame = halves(pool, left, right);
            look.accept(segmenter.segment(frame));
            frame.recycle();
        }
    }

    @Test
    void aNetworkOfBytesWithChannelsLast() throws Exception {
        new TinyOnnx()
                .input("in", TinyOnnx.UINT8, 1, -1, -2, 3)
                .output("out", 1, -1, -2, 1)
                .constant("white", new float[] {255}, 1)
                .node("Cast", new String[] {"in"}, "floats", TinyOnnx.whole("to", TinyOnnx.FLOAT))
                .node(
                        "ReduceMean",
                        new String[] {"floats"},
                        "mean",
                        TinyOnnx.wholes("axes", 3),
                        TinyOnnx.whole("keepdims", 1))
                .node("Div", new String[] {"mean", "white"}, "out")
                .write(folder.resolve("gray.onnx"));
        Path card = card("gray", "nhwc", "uint8", "nhwc", "probability", "\"kept\"");
        withMask(card, 0x404040, 0xC0C0C0, mask -> {
            assertEquals(0x40 / 255f, at(mask, 0.2, 0.5), 0.012f);
            assertEquals(0xC0 / 255f, at(mask, 0.8, 0.5), 0.012f);
            assertEquals(2.0, (double) mask.width() / mask.height(), 0.01);
        });
    }

    @Test
    void aNetworkOfTwoClassesByLogits() throws Exception {
        new TinyOnnx()
                .input("in", TinyOnnx.FLOAT, 1, 3, -1, -2)
                .output("out", 1, 2, -1, -2)
                .constant("weights", new float[] {0, 0, 0, 3, 0, -3}, 2, 3, 1, 1)
                .node("Conv", new String[] {"in", "weights"}, "out")
                .write(folder.resolve("red.onnx"));
        Path card = card("red", "nchw", "float32", "nchw", "softmax", "\"other\",\"kept\"");
        withMask(card, 0xFF0000, 0x0000FF, mask -> {
            // logits 0 and 3·(R − B) = ±6
            assertEquals(1 / (1 + Math.exp(-6)), at(mask, 0.2, 0.5), 0.01);
            assertEquals(1 / (1 + Math.exp(6)), at(mask, 0.8, 0.5), 0.01);
            MemorySegment classes = Objects.requireNonNull(mask.classes());
            assertEquals(1, classes.get(ValueLayout.JAVA_BYTE, 0));
            assertEquals(0, classes.get(ValueLayout.JAVA_BYTE, mask.width() - 1));
        });
    }

    @Test
    void theLumaOfAMaskIsTheFrames() throws Exception {
        new TinyOnnx()
                .input("in", TinyOnnx.FLOAT, 1, 3, -1, -2)
                .output("out", 1, 1, -1, -2)
                .constant("weights", new float[] {0, 0, 0}, 1, 3, 1, 1)
                .node("Conv", new String[] {"in", "weights"}, "out")
                .write(folder.resolve("none.onnx"));
        Path card = card("none", "nchw", "float32", "nchw", "sigmoid", "\"kept\"");
        withMask(card, 0x808080, 0x101010, mask -> {
            double left = FORMAT.color().toYuv(128 / 255.0, 128 / 255.0, 128 / 255.0)[0] / 255;
            assertEquals(left, mask.luma().getAtIndex(ValueLayout.JAVA_FLOAT, 0), 0.003);
            assertEquals(0.5f, at(mask, 0.3, 0.3), 1e-6f);
        });
    }

    @Test
    void theSlowAndTheFastPreprocessingGiveTheSameBits() throws Exception {
        ModelCard card = ModelCard.find("hands");
        for (PictureFormat format : List.of(
                PictureFormat.i420(317, 181, ColorSpec.assumedFor(480)),
                PictureFormat.i420(1280, 720, ColorSpec.assumedFor(720)))) {
            try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined();
                    FramePool pool = new FramePool(format, 1)) {
                Frame frame = pool.take();
                for (int plane = 0; plane < 3; plane++) {
                    MemorySegment pixels = frame.plane(plane);
                    for (long i = 0; i < pixels.byteSize(); i++) {
                        pixels.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37 + (i >> 7) * 11 + plane * 50L));
                    }
                }
                byte[][] results = new byte[2][];
                for (int i = 0; i < 2; i++) {
                    MemorySegment tensor = arena.allocate(4L * 3 * 320 * 192, 64);
                    MemorySegment luma = arena.allocate(4L * 320 * 192, 64);
                    new Preprocess(format, card.input(), 320, 192, i == 1, arena).fill(frame, tensor, luma);
                    results[i] = tensor.toArray(ValueLayout.JAVA_BYTE);
                }
                assertArrayEquals(results[0], results[1]);
                frame.recycle();
            }
        }
    }

    @Test
    void theBirdIsFoundWhereTheReferenceFindsIt() throws Exception {
        Path picture = Path.of(
                Objects.requireNonNull(getClass().getResource("/voc/bird.png")).toURI());
        Path reference = Path.of(Objects.requireNonNull(getClass().getResource("/voc/bird_classes.png"))
                .toURI());
        try (Source source = SourceSpec.parse(picture.toString()).open(SourceSpec.Options.ALL);
                Source truth = SourceSpec.parse(reference.toString()).open(SourceSpec.Options.ALL)) {
            Frame frame = Objects.requireNonNull(source.read());
            Frame wanted = Objects.requireNonNull(truth.read());
            ModelCard card = ModelCard.find("voc");
            try (Segmenter segmenter = Segmenter.open(card, source.format().picture(), List.of("bird"), 1, 2, 513 * 513)
                    .getFirst()) {
                Mask mask = segmenter.segment(frame);
                MemorySegment classes = Objects.requireNonNull(mask.classes());
                int bird = card.output().classes().indexOf("bird");
                int both = 0;
                int either = 0;
                for (int y = 0; y < wanted.height(); y++) {
                    for (int x = 0; x < wanted.width(); x++) {
                        int code = wanted.plane(0).get(ValueLayout.JAVA_BYTE, (long) y * wanted.stride(0) + x) & 255;
                        long cell = (long) (y * mask.height() / wanted.height()) * mask.width()
                                + (long) x * mask.width() / wanted.width();
                        boolean found = classes.get(ValueLayout.JAVA_BYTE, cell) == bird;
                        both += found && code == bird ? 1 : 0;
                        either += found || code == bird ? 1 : 0;
                    }
                }
                double iou = (double) both / either;
                assertTrue(iou >= 0.90, "IoU " + iou);
            }
            frame.recycle();
            wanted.recycle();
        }
    }

    @Test
    void everyShippedModelIsWhole() {
        List<ModelCard> cards = ModelCard.all();
        assertTrue(cards.size() >= 3);
        cards.forEach(ModelCard::verify);
    }

    @Test
    void sizesFollowTheAspect() {
        ModelCard.Input input = ModelCard.find("hands").input();
        assertArrayEquals(new int[] {320, 192}, input.sizeFor(16 / 9.0, 61440));
        assertArrayEquals(new int[] {288, 224}, input.sizeFor(4 / 3.0, 61440));
        assertArrayEquals(new int[] {256, 256}, input.sizeFor(1, 61440));
        assertArrayEquals(new int[] {192, 320}, input.sizeFor(9 / 16.0, 61440));
        int[] voc = ModelCard.find("voc").input().sizeFor(1.6, 82000);
        assertEquals(1, voc[0] % 32);
        assertEquals(1, voc[1] % 32);
    }

    @Test
    void aCardMaySayThatLiveIsSmaller() throws Exception {
        String shipped = Files.readString(Path.of("models/hands-fast.json"))
                .replace(
                        "hands-fast.onnx",
                        Path.of("models/hands-fast.onnx").toRealPath().toString());
        String size = "\"pixels\": 61440";
        assertTrue(shipped.contains(size));
        Path card = Files.writeString(folder.resolve("small.json"), shipped.replace(size, size + ", \"live\": 20480"));
        assertEquals(20480, ModelCard.find(card.toString()).input().live());
        assertEquals(61440, ModelCard.find(card.toString()).input().pixels());
        ModelCard plain = ModelCard.find("hands-fast");
        assertEquals(plain.input().pixels(), plain.input().live());
        Path wrong = Files.writeString(folder.resolve("wrong.json"), shipped.replace(size, size + ", \"live\": 80000"));
        Failure failure = assertThrows(Failure.class, () -> ModelCard.find(wrong.toString()));
        assertTrue(failure.sentence().contains("pixels ≥ live"), failure.sentence());
    }

    @Test
    void wrongModelsAreOneSentence() throws Exception {
        Path good = Path.of("models/hands.onnx");
        Path truncated = folder.resolve("truncated.onnx");
        byte[] bytes = Files.readAllBytes(good);
        Files.write(truncated, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Path text = Files.writeString(folder.resolve("text.onnx"), "this is no network");
        for (Path wrong : List.of(truncated, text, folder.resolve("missing.onnx"))) {
            Failure failure = assertThrows(
                    Failure.class, () -> Segmenter.open(ModelCard.find(wrong.toString()), FORMAT, List.of(), 1, 1, 0));
            assertEquals(Failure.Kind.MODEL, failure.kind(), failure.sentence());
            assertTrue(!failure.sentence().contains("\n"), failure.sentence());
        }
        assertThrows(Failure.class, () -> ModelCard.find("no-such-model"));
        assertEquals(
                Failure.Kind.USAGE,
                assertThrows(Failure.class, () -> ModelCard.find("hands").kept(List.of("feet")))
                        .kind());
    }
}
