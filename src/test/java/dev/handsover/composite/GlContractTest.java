package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.ClassForm;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import dev.handsover.frame.TensorForm;
import dev.handsover.matte.MaskMotion;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import dev.handsover.matte.MatteTwins;
import dev.handsover.segment.Forms;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.SegmentTwins;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every pass before the look does as the plain Java code does, by compute shaders and by fragment shaders alike. */
class GlContractTest {
    private static final int W = 96;
    private static final int H = 64;

    private static Stream<DynamicTest> bothWays(String name, Check check) {
        return Stream.of(true, false)
                .map(compute -> DynamicTest.dynamicTest(name + (compute ? ", compute" : ", fragments"), () -> {
                    try (GlPasses passes = new GlPasses(GlContext.open(), compute)) {
                        check.of(passes);
                    }
                }));
    }

    @FunctionalInterface
    private interface Check {
        void of(GlPasses passes) throws Exception;
    }

    private static ModelCard.Input input(ModelCard.Layout layout, ModelCard.Element element, boolean bgr) {
        return new ModelCard.Input(
                "", layout, element, bgr, 32, 0, 61440, List.of(120.0, 110.0, 100.0), List.of(60.0, 57.0, 58.0));
    }

    @TestFactory
    Stream<DynamicTest> framesBecomeTensors() {
        List<Stream<DynamicTest>> tests = new ArrayList<>();
        int[][] sizes = {{320, 192}, {159, 91}, {40, 24}};
        for (ColorSpec.Matrix matrix : ColorSpec.Matrix.values()) {
            for (boolean full : new boolean[] {false, true}) {
                for (Chroma chroma : Chroma.values()) {
                    for (int[] size : sizes) {
                        PictureFormat format = new PictureFormat(
                                size[0], size[1], chroma, false, new ColorSpec(matrix, full, 2, 2), Rational.ONE);
                        String name = matrix + (full ? " full " : " limited ") + chroma + " " + size[0] + "×" + size[1];
                        tests.add(bothWays(name, passes -> tensors(passes, format)));
                    }
                }
            }
        }
        return tests.stream().flatMap(each -> each);
    }

    private static void tensors(GlPasses passes, PictureFormat format) throws InterruptedException {
        try (FramePool pool = new FramePool(format, 1)) {
            Frame frame = pool.take();
            Looks.paint(frame, 3);
            GlPlane[] planes = passes.picture(format);
            for (int i = 0; i < 3; i++) {
                planes[i].upload(frame.address(i), frame.stride(i));
            }
            for (ModelCard.Layout layout : ModelCard.Layout.values()) {
                for (int bytes : new int[] {4, 2, 1}) {
                    boolean bgr = bytes == 2;
                    ModelCard.Input codes = new ModelCard.Input(
                            "",
                            layout,
                            ModelCard.Element.UINT8,
                            bgr,
                            32,
                            0,
                            61440,
                            List.of(0.0, 0.0, 0.0),
                            List.of(1.0, 1.0, 1.0));
                    ModelCard.Input card = bytes == 1 ? codes : input(layout, ModelCard.Element.FLOAT32, bgr);
                    TensorForm said = Forms.input(format.color(), card, W, H);
                    TensorForm form = new TensorForm(W, H, said.planar(), bytes, said.coefficients());
                    float[] wanted = SegmentTwins.tensor(frame, card, W, H);
                    float[] made = tensor(passes, form, planes[0], planes[1], planes[2]);
                    // 1/255 before the card's scale; floats are far nearer than halves and codes are
                    double limit = bytes == 1 ? 1.01 : (bytes == 2 ? 1 / 255.0 : 1e-4) * 255 / 57;
                    near(wanted, made, limit, layout + " of " + bytes + " bytes");
                }
            }
        }
    }

    private static float[] tensor(GlPasses passes, TensorForm form, GlPlane y, GlPlane u, GlPlane v) {
        GlPreprocess preprocess = new GlPreprocess(passes, form);
        preprocess.see(y, u, v);
        if (passes.compute()) {
            GlCells words = passes.cells((int) ((form.size() + 3) / 4), 1, 1);
            preprocess.fill(words.buffer());
            return GlPixels.elements(GlPixels.bytes(words), form);
        }
        GlPlane plane = preprocess.plane();
        preprocess.fill(plane);
        return GlPixels.elements(GlPixels.bytes(plane, (int) form.size()), form);
    }

    private static void near(float[] wanted, float[] made, double limit, String what) {
        assertEquals(wanted.length, made.length);
        double most = 0;
        for (int i = 0; i < wanted.length; i++) {
            most = Math.max(most, Math.abs(wanted[i] - made[i]));
        }
        assertTrue(most <= limit, what + " differs by " + most);
    }

    @TestFactory
    Stream<DynamicTest> chromaMayBeHalvedOneWayOrLieInPairs() {
        return bothWays("4:2:2 and NV12", passes -> {
            int w = 159;
            int h = 91;
            Random random = new Random(8);
            byte[] luma = new byte[w * h];
            random.nextBytes(luma);
            PictureFormat any = PictureFormat.i420(w, h, ColorSpec.assumedFor(720));
            TensorForm form =
                    Forms.input(any.color(), input(ModelCard.Layout.NCHW, ModelCard.Element.FLOAT32, false), W, H);
            for (int rows : new int[] {h, (h + 1) / 2}) {
                int columns = (w + 1) / 2;
                byte[] cb = new byte[columns * rows];
                byte[] cr = new byte[columns * rows];
                random.nextBytes(cb);
                random.nextBytes(cr);
                byte[] pairs = new byte[2 * columns * rows];
                for (int i = 0; i < cb.length; i++) {
                    pairs[2 * i] = cb[i];
                    pairs[2 * i + 1] = cr[i];
                }
                float[] wanted = obvious(form, luma, w, h, cb, cr, columns, rows);
                GlPlane y = GlPixels.plane(passes, w, h, Kind.CODE, luma);
                GlPlane u = GlPixels.plane(passes, columns, rows, Kind.CODE, cb);
                GlPlane v = GlPixels.plane(passes, columns, rows, Kind.CODE, cr);
                GlPlane uv = GlPixels.plane(passes, columns, rows, Kind.CODES, pairs);
                near(wanted, tensor(passes, form, y, u, v), 1e-3, "planes");
                near(wanted, tensor(passes, form, y, uv, uv), 1e-3, "pairs");
            }
        });
    }

    /** Box integrals and colours as one would write them down. */
    private static float[] obvious(
            TensorForm form, byte[] luma, int w, int h, byte[] cb, byte[] cr, int columns, int rows) {
        List<Float> c = form.coefficients();
        float[] tensor = new float[3 * W * H];
        for (int i = 0; i < W * H; i++) {
            double y = mean(luma, w, h, i % W, i / W);
            double u = mean(cb, columns, rows, i % W, i / W);
            double v = mean(cr, columns, rows, i % W, i / W);
            for (int k = 0; k < 3; k++) {
                double value = c.get(4 * k) * y + c.get(4 * k + 1) * u + c.get(4 * k + 2) * v + c.get(4 * k + 3);
                tensor[k * W * H + i] = (float) (Math.clamp(value, 0, 1) * c.get(12 + 2 * k) + c.get(13 + 2 * k));
            }
        }
        return tensor;
    }

    private static double mean(byte[] plane, int w, int h, int cellX, int cellY) {
        double left = (double) cellX * w / W;
        double right = (double) (cellX + 1) * w / W;
        double top = (double) cellY * h / H;
        double bottom = (double) (cellY + 1) * h / H;
        double sum = 0;
        for (int y = (int) top; y < Math.min(h, bottom); y++) {
            for (int x = (int) left; x < Math.min(w, right); x++) {
                double across = Math.max(0, Math.min(right, x + 1) - Math.max(left, x));
                double down = Math.max(0, Math.min(bottom, y + 1) - Math.max(top, y));
                sum += across * down * (plane[y * w + x] & 255);
            }
        }
        return sum / ((right - left) * (bottom - top));
    }

    @TestFactory
    Stream<DynamicTest> outputsBecomeMasks() {
        List<Stream<DynamicTest>> tests = new ArrayList<>();
        for (ModelCard.Activation activation : ModelCard.Activation.values()) {
            for (ModelCard.Layout layout : ModelCard.Layout.values()) {
                for (int channels : new int[] {1, 2, 21}) {
                    for (boolean corners : new boolean[] {false, true}) {
                        String name = activation + " " + layout + " " + channels + (corners ? " corners" : " cells");
                        tests.add(bothWays(name, passes -> masks(passes, activation, layout, channels, corners)));
                    }
                }
            }
        }
        return tests.stream().flatMap(each -> each);
    }

    private static void masks(
            GlPasses passes, ModelCard.Activation activation, ModelCard.Layout layout, int channels, boolean corners) {
        Random random = new Random(channels);
        List<String> names = java.util.stream.IntStream.range(0, channels)
                .mapToObj(i -> "c" + i)
                .toList();
        ModelCard.Output card = new ModelCard.Output("", layout, activation, names, List.of("c0"), corners);
        boolean[] kept = new boolean[channels];
        kept[channels - 1] = true;
        kept[channels / 2] = true;
        for (int[] size : new int[][] {{W, H}, {W / 4, H / 4}, {13, 9}}) {
            long[] shape = layout == ModelCard.Layout.NCHW
                    ? new long[] {1, channels, size[1], size[0]}
                    : new long[] {1, size[1], size[0], channels};
            float[] raw = new float[channels * size[0] * size[1]];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = activation == ModelCard.Activation.PROBABILITY
                        ? random.nextFloat()
                        : (float) random.nextGaussian() * 4;
            }
            ClassForm form = Forms.output(card, kept, shape, W, H);
            for (int bytes : new int[] {4, 2}) {
                float[] given = raw.clone();
                for (int i = 0; bytes == 2 && i < raw.length; i++) {
                    given[i] = Float.float16ToFloat(Float.floatToFloat16(raw[i]));
                }
                float[][] wanted = SegmentTwins.classes(given, card, kept, shape, W, H);
                GlClassReader reader = new GlClassReader(passes, form, W, H);
                if (passes.compute()) {
                    reader.read(GlPixels.buffer(passes, raw, bytes).buffer(), bytes);
                } else {
                    GlPlane plane = reader.plane(bytes == 4 ? Kind.NUMBER : Kind.HALF);
                    GlPixels.upload(plane, raw, bytes);
                    reader.read(plane);
                }
                near(wanted[0], GlPixels.floats(reader.probability(), 1), 1e-4, size[0] + " cells, " + bytes);
                if (channels > 1) {
                    byte[] likeliest = GlPixels.bytes(reader.likeliest(), W * H);
                    int far = 0;
                    for (int i = 0; i < W * H; i++) {
                        far += (likeliest[i] & 255) == (int) wanted[1][i] ? 0 : 1;
                    }
                    // interpolated logits may tie but for their last bits
                    assertTrue(far <= 2, far + " classes differ");
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> specksGoAndHolesAreFilled() {
        return bothWays("regions", passes -> {
            Random random = new Random(4);
            for (int round = 0; round < 40; round++) {
                float[] mask = blots(random, round);
                int min = round % 5 == 0 ? 0 : random.nextInt(100);
                int fill = round % 7 == 0 ? 0 : random.nextInt(100);
                GlCells steep = GlPixels.cells(passes, mask, W, H);
                GlCells clean = new GlRegions(passes, W, H, min, fill).clean(steep);
                assertArrayEquals(
                        MatteTwins.clean(mask, W, H, min, fill),
                        GlPixels.floats(clean, 1),
                        1e-7f,
                        "round " + round + ", " + min + ", " + fill);
            }
        });
    }

    /** Noise of many grains, rings, spirals, and nothing at all. */
    private static float[] blots(Random random, int round) {
        float[] mask = new float[W * H];
        float share = random.nextFloat();
        for (int i = 0; i < mask.length; i++) {
            int x = i % W;
            int y = i / W;
            double angle = Math.atan2(y - 30, x - 45) / (2 * Math.PI);
            double turn = Math.hypot(x - 45, y - 30) / 6 + angle;
            mask[i] = switch (round % 5) {
                case 0 -> 0.4f * random.nextFloat();
                case 1 -> (float) Math.clamp(0.5 + 2 * Math.sin(2 * Math.PI * turn), 0, 1);
                case 2 -> random.nextFloat() < share ? 0.9f : 0.2f;
                default ->
                    (float) Math.clamp(
                            Math.sin(x * 0.4 + round) * Math.cos(y * 0.5) + 0.8 * random.nextGaussian() * share, 0, 1);
            };
        }
        return mask;
    }

    @TestFactory
    Stream<DynamicTest> masksBecomeMattes() {
        MatteSettings plain = MatteSettings.DEFAULT;
        List<MatteSettings> all = List.of(
                plain,
                new MatteSettings(0.45f, 0, 0, 0, false, 1, 0, 0),
                new MatteSettings(0.5f, 30, 0, 1, false, 1, 0.002f, 0.002f),
                new MatteSettings(0.3f, 4, 40, 0.5f, true, 0.8f, 0.0005f, 0.01f),
                new MatteSettings(0.6f, 0, -25, 0.8f, false, 1, 0.003f, 0));
        return all.stream().flatMap(each -> bothWays(each.toString(), passes -> mattes(passes, each)));
    }

    private static void mattes(GlPasses passes, MatteSettings settings) throws InterruptedException {
        PictureFormat format = PictureFormat.i420(W, H, ColorSpec.assumedFor(H));
        TensorForm form =
                Forms.input(format.color(), input(ModelCard.Layout.NCHW, ModelCard.Element.FLOAT32, false), W, H);
        try (Arena arena = Arena.ofConfined();
                FramePool pool = new FramePool(format, 1);
                MatteRefiner refiner = MatteTwins.refiner(W, H, settings)) {
            Frame frame = pool.take();
            GlPlane[] planes = passes.picture(format);
            GlPreprocess preprocess = new GlPreprocess(passes, form);
            GlMatte matte = new GlMatte(passes, MatteRefiner.figures(W, H, settings), W, H);
            MemorySegment luma = arena.allocate(4L * W * H, 64);
            MemorySegment probability = arena.allocate(4L * W * H, 64);
            Random random = new Random(2);
            for (int i = 0; i < 12; i++) {
                scene(frame, luma, probability, random, i);
                Matte wanted = refiner.refine(new Mask(W, H, probability, luma, null));
                for (int plane = 0; plane < 3; plane++) {
                    planes[plane].upload(frame.address(plane), frame.stride(plane));
                }
                preprocess.see(planes[0], planes[1], planes[2]);
                float[] mask = probability.toArray(ValueLayout.JAVA_FLOAT);
                matte.refine(GlPixels.cells(passes, mask, W, H), preprocess.means(), preprocess.before());
                compare(wanted, matte, i);
                float share = GlPixels.numbers(matte.total())[2];
                int kept = 0;
                for (float p : mask) {
                    kept += p >= 0.5f ? 1 : 0;
                }
                assertEquals(kept / (double) mask.length, share, 1e-5);
            }
        }
    }

    /** A disc that stands, moves, then jumps; the light goes on at frame 9, which is a cut. */
    private static void scene(Frame frame, MemorySegment luma, MemorySegment probability, Random random, int i) {
        double x0 = W * (i < 4 ? 0.4 : 0.4 + 0.03 * (i - 3));
        for (int y = 0; y < H; y++) {
            for (int x = 0; x < W; x++) {
                double r = Math.hypot(x - x0, y - H * 0.5) - H * 0.3;
                int code =
                        (int) Math.clamp((r < 0 ? 170 : 90) + random.nextGaussian() * 3 + (i >= 9 ? 50 : 0), 16, 235);
                frame.plane(0).set(ValueLayout.JAVA_BYTE, (long) y * frame.stride(0) + x, (byte) code);
                luma.setAtIndex(ValueLayout.JAVA_FLOAT, y * W + x, code * (1f / 255f));
                boolean speck = random.nextInt(60) == 0;
                double p = speck ? random.nextDouble() : 0.5 - r * 0.3 + random.nextGaussian() * 0.08;
                probability.setAtIndex(ValueLayout.JAVA_FLOAT, y * W + x, (float) Math.clamp(p, 0, 1));
            }
        }
        frame.plane(1).fill((byte) 128);
        frame.plane(2).fill((byte) 128);
    }

    @TestFactory
    Stream<DynamicTest> masksAreCarriedAlong() {
        return bothWays("motion", passes -> {
            for (int[] size : new int[][] {{160, 96}, {96, 64}, {72, 40}}) {
                carry(passes, size[0], size[1]);
            }
        });
    }

    /** Two of three masks are carried over, from a carried one too. */
    private static void carry(GlPasses passes, int w, int h) {
        MaskMotion motion = new MaskMotion(w, h);
        GlMotion twin = new GlMotion(passes, w, h);
        Random random = new Random(11);
        float[] texture = new float[w * h];
        for (int i = 0; i < texture.length; i++) {
            texture[i] = random.nextFloat();
        }
        GlCells means = GlPixels.cells(passes, new float[4 * w * h], w, h, 4);
        GlCells held = null;
        float[] last = new float[w * h];
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 9; i++) {
                Mask mask = new Mask(w, h, arena.allocate(4L * w * h), arena.allocate(4L * w * h), null);
                float[] codes = disc(mask, texture, w * 0.35 + 5 * i, h * 0.5 + 4 * Math.sin(i), random);
                float[] seen = mask.probability().toArray(ValueLayout.JAVA_FLOAT);
                GlCells now = GlPixels.cells(passes, codes, w, h, 4);
                if (i % 3 == 0 || held == null) {
                    held = GlPixels.cells(passes, seen, w, h);
                } else {
                    motion.carry(mask);
                    held = twin.carry(held, now, means);
                    float[] wanted = mask.probability().toArray(ValueLayout.JAVA_FLOAT);
                    near(wanted, GlPixels.floats(held, 1), 1e-4, w + " cells, frame " + i);
                    assertTrue(apart(last, wanted) > 0.02, "frame " + i + ": the mask stays where it was");
                }
                motion.remember(mask);
                last = mask.probability().toArray(ValueLayout.JAVA_FLOAT);
                means = now;
            }
        }
    }

    /** Mean distance of two masks, as a share of what they cover together. */
    private static double apart(float[] a, float[] b) {
        double apart = 0;
        double all = 0;
        for (int i = 0; i < a.length; i++) {
            apart += Math.abs(a[i] - b[i]);
            all += a[i] + b[i];
        }
        return apart / all;
    }

    /** A disc with a texture of its own before another texture; returns mean codes, four a cell. */
    private static float[] disc(Mask mask, float[] texture, double x0, double y0, Random random) {
        int w = mask.width();
        float[] codes = new float[4 * w * mask.height()];
        for (int i = 0; i < w * mask.height(); i++) {
            int x = i % w;
            int y = i / w;
            double r = Math.hypot(x - x0, y - y0) - mask.height() * 0.25;
            int own = Math.floorMod((int) (y - y0) / 3 * w + (int) (x - x0) / 3, texture.length);
            int ground = y / 4 * w + x / 4;
            float code = r < 0 ? 120 + 90 * texture[own] : 20 + 70 * texture[ground];
            codes[4 * i] = Math.round(code + 2 * random.nextGaussian());
            mask.luma().setAtIndex(ValueLayout.JAVA_FLOAT, i, codes[4 * i] * (1f / 255f));
            mask.probability().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) Math.clamp(0.5 - r * 0.4, 0, 1));
        }
        return codes;
    }

    /** Coefficients may differ where they cancel: what counts is alpha, at the luma there and at both ends. */
    private static void compare(Matte wanted, GlMatte matte, int round) {
        float[] a = GlPixels.numbers(matte.slopes());
        float[] b = GlPixels.numbers(matte.offsets());
        double most = 0;
        for (int i = 0; i < W * H; i++) {
            for (double y = 0; y <= 1; y += 0.25) {
                double here = Math.clamp(
                        wanted.a().getAtIndex(ValueLayout.JAVA_FLOAT, i) * y
                                + wanted.b().getAtIndex(ValueLayout.JAVA_FLOAT, i),
                        0,
                        1);
                most = Math.max(most, Math.abs(here - Math.clamp(a[i] * y + b[i], 0, 1)));
            }
        }
        assertTrue(most <= 1 / 255.0, "frame " + round + ": alpha differs by " + most);
    }
}
