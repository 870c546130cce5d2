package dev.handsover.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Pixels;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.CpuCompositor;
import dev.handsover.composite.GlPath;
import dev.handsover.composite.Layers;
import dev.handsover.composite.Look;
import dev.handsover.composite.Looks;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import dev.handsover.segment.resident.ResidentNetwork;
import dev.handsover.segment.resident.Tiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.joml.Matrix3d;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The graphics device's engine draws what the processor's does, with a real network between its buffers. */
class ResidentEngineTest {
    private static final String HANDS = "pattern:hands?size=320x180&frames=7";
    private static final int PIXELS = 160 * 96;

    private static Engine host(
            PictureFormat frames, PictureFormat canvas, Look look, MatteSettings matte, int every, FramePool pool) {
        List<Segmenter> segmenters = Segmenter.open(ModelCard.find("hands"), frames, List.of(), 2, 1, PIXELS);
        Segmenter first = segmenters.getFirst();
        return new HostEngine(
                frames,
                segmenters,
                every,
                new MatteRefiner(first.width(), first.height(), matte),
                new HostEngine.Drawing(
                        new CpuCompositor(frames, canvas, look, Looks.layers(canvas, true)), "", List.of()),
                pool,
                new Latency());
    }

    private static ResidentNetwork.Opening opening(PictureFormat frames) throws ResidentNetwork.Refusal {
        return Tiers.glCpu(Tiers.Wish.AUTO, ModelCard.find("hands"), frames.displayAspect(), PIXELS, 1);
    }

    private static ResidentEngine.Wish wish(
            PictureFormat frames, PictureFormat canvas, Look look, MatteSettings matte, int every, GlPath.Way way) {
        Layers layers = Looks.layers(canvas, true);
        return new ResidentEngine.Wish(
                new GlPath.Drawing(frames, canvas, look, layers),
                List.of(),
                List.of(),
                matte,
                every,
                GlPath.Where.any(way));
    }

    /** Copies of all pictures of an engine, in their order. */
    private static List<byte[][]> pictures(Engine engine, Source source) throws InterruptedException {
        List<byte[][]> pictures = new ArrayList<>();
        Frame frame = source.read();
        long last = -1;
        while (frame != null || engine.pending() > 0) {
            if (frame != null) {
                engine.begin(frame);
                frame = source.read();
            }
            if (engine.pending() == engine.depth() || frame == null) {
                Frame picture = engine.finish();
                assertTrue(picture.timeNanos() > last, "pictures come in order");
                last = picture.timeNanos();
                pictures.add(Pixels.planes(picture));
                picture.recycle();
            }
        }
        return pictures;
    }

    @TestFactory
    Stream<DynamicTest> allLooksAreTheProcessors() {
        List<DynamicTest> tests = new ArrayList<>();
        MatteSettings soft = new MatteSettings(0.4f, 12, 8, 0.9f, false, 0.9f, 0.001f, 0.001f);
        for (Map.Entry<String, Look> each : Looks.all().entrySet()) {
            Look look = each.getValue();
            tests.add(DynamicTest.dynamicTest(
                    each.getKey(), () -> same(look, MatteSettings.DEFAULT, 1, GlPath.Way.BEST)));
            tests.add(DynamicTest.dynamicTest(
                    each.getKey() + ", fragment shaders", () -> same(look, soft, 1, GlPath.Way.FRAGMENTS)));
        }
        Look look = Look.over(new Look.Background.Blur(25));
        for (GlPath.Way way : GlPath.Way.values()) {
            tests.add(DynamicTest.dynamicTest(
                    "network on every third frame, " + way, () -> same(look, MatteSettings.DEFAULT, 3, way)));
        }
        return tests.stream();
    }

    private static void same(Look look, MatteSettings matte, int every, GlPath.Way way) throws Exception {
        List<byte[][]> wanted;
        List<byte[][]> made;
        PictureFormat canvas;
        try (Source source = SourceSpec.parse(HANDS).open(SourceSpec.Options.ALL)) {
            PictureFormat frames = source.format().picture();
            canvas = frames.withAlpha(look.transparent());
            try (FramePool pool = new FramePool(canvas, 8);
                    Engine engine = host(frames, canvas, look, matte, every, pool)) {
                wanted = pictures(engine, source);
            }
        }
        try (Source source = SourceSpec.parse(HANDS).open(SourceSpec.Options.ALL)) {
            PictureFormat frames = source.format().picture();
            Latency latency = new Latency();
            try (FramePool pool = new FramePool(canvas, 8);
                    Engine engine = ResidentEngine.open(
                            opening(frames), wish(frames, canvas, look, matte, every, way), pool, latency)) {
                made = pictures(engine, source);
                assertTrue(engine.tier().startsWith("gl+cpu"), engine.tier());
                assertEquals((made.size() + every - 1) / every, latency.count(Stage.NETWORK), "runs of the network");
            }
        }
        assertEquals(wanted.size(), made.size());
        // on a resampled edge, in a cell whose two best classes are equal, and where alpha is next to nothing (of what
        // is wholly
        // clear no colour is kept) a last bit decides between two colours
        boolean decides = look.colors()
                || look.transparent()
                || !look.canvasToFrame(canvas, canvas).equals(new Matrix3d(), 1e-9);
        for (int i = 0; i < wanted.size(); i++) {
            compare(wanted.get(i), made.get(i), decides, i);
        }
    }

    private static void compare(byte[][] wanted, byte[][] made, boolean decides, int picture) {
        int most = 0;
        int far = 0;
        int alpha = 0;
        for (int plane = 0; plane < wanted.length; plane++) {
            for (int i = 0; i < wanted[plane].length; i++) {
                int distance = Math.abs((wanted[plane][i] & 255) - (made[plane][i] & 255));
                most = Math.max(most, distance);
                far += distance > 2 ? 1 : 0;
                alpha += plane == Frame.A && distance > 2 ? 1 : 0;
            }
        }
        if (decides) {
            assertTrue(
                    alpha < wanted[0].length / 1000,
                    alpha + " alphas of picture " + picture + " differ by more than 2");
            assertTrue(far < wanted[0].length / 200, far + " samples of picture " + picture + " differ by more than 2");
        } else {
            assertEquals(0, far, "samples of picture " + picture + " differ by up to " + most);
        }
    }

    @Test
    void aNetworkThatFailsCostsItsFrameAndNoOther() throws Exception {
        try (Source source = SourceSpec.parse(HANDS).open(SourceSpec.Options.ALL)) {
            PictureFormat frames = source.format().picture();
            Look look = Look.over(new Look.Background.Color(0x204060));
            ResidentNetwork.Opening real = opening(frames);
            try (FramePool pool = new FramePool(frames, 4);
                    Engine engine = ResidentEngine.open(
                            new Failing(real, 1),
                            wish(frames, frames, look, MatteSettings.DEFAULT, 1, GlPath.Way.BEST),
                            pool,
                            new Latency())) {
                for (int i = 0; i < 3; i++) {
                    engine.begin(Objects.requireNonNull(source.read()));
                }
                engine.finish().recycle();
                Failure thrown = assertThrows(Failure.class, engine::finish);
                assertTrue(thrown.sentence().contains("the device is lost"), thrown.sentence());
                Frame blank = engine.blank(5_000_000_000L);
                assertEquals(5_000_000_000L, blank.timeNanos());
                blank.recycle();
                Frame last = engine.finish();
                assertTrue(engine.coverage() > 0.005, "hands cover " + engine.coverage());
                last.recycle();
                assertEquals(0, engine.pending());
                assertEquals(0, pool.out());
            }
        }
    }

    @Test
    void afterAFailureTheNetworkSeesTheNextFrame() throws Exception {
        try (Source source = SourceSpec.parse(HANDS).open(SourceSpec.Options.ALL)) {
            PictureFormat frames = source.format().picture();
            Look look = Look.over(new Look.Background.Color(0x204060));
            Latency latency = new Latency();
            try (FramePool pool = new FramePool(frames, 4);
                    Engine engine = ResidentEngine.open(
                            new Failing(opening(frames), 1),
                            wish(frames, frames, look, MatteSettings.DEFAULT, 2, GlPath.Way.BEST),
                            pool,
                            latency)) {
                // seen, carried, seen in vain; seen instead of carried, carried
                for (int i = 0; i < 5; i++) {
                    engine.begin(Objects.requireNonNull(source.read()));
                    if (i == 2) {
                        assertThrows(Failure.class, engine::finish);
                    } else {
                        engine.finish().recycle();
                        assertTrue(engine.coverage() > 0.005, "hands of frame " + i + " cover " + engine.coverage());
                    }
                }
                assertEquals(2, latency.count(Stage.NETWORK));
            }
        }
    }

    @Test
    void aNetworkThatRefusesLeavesNothingOpen() throws Exception {
        try (Source source = SourceSpec.parse(HANDS).open(SourceSpec.Options.ALL)) {
            PictureFormat frames = source.format().picture();
            ResidentNetwork.Opening real = opening(frames);
            ResidentEngine.Wish wish = wish(
                    frames, frames, Look.over(new Look.Background.Blur(25)), MatteSettings.DEFAULT, 1, GlPath.Way.BEST);
            try (FramePool pool = new FramePool(frames, 4)) {
                for (int i = 0; i < 20; i++) {
                    ResidentNetwork.Refusal refusal = assertThrows(
                            ResidentNetwork.Refusal.class,
                            () -> ResidentEngine.open(new Failing(real, -1), wish, pool, new Latency()));
                    assertEquals("not today", refusal.sentence());
                }
                ResidentEngine.open(real, wish, pool, new Latency()).close();
            }
        }
    }

    /** A real network whose n-th run fails; below zero it does not even open. */
    private record Failing(ResidentNetwork.Opening real, int failing) implements ResidentNetwork.Opening {
        @Override
        public String tier() {
            return real.tier();
        }

        @Override
        public ResidentNetwork.Shape shape() {
            return real.shape();
        }

        @Override
        public boolean inBuffers() {
            return real.inBuffers();
        }

        @Override
        public ResidentNetwork on(ResidentNetwork.Place place) throws ResidentNetwork.Refusal {
            if (failing < 0) {
                throw new ResidentNetwork.Refusal("not today");
            }
            ResidentNetwork network = real.on(place);
            return new ResidentNetwork() {
                private int runs;

                @Override
                public Shape shape() {
                    return network.shape();
                }

                @Override
                public void run() {
                    if (runs++ == failing) {
                        throw new IllegalStateException("the device is lost");
                    }
                    network.run();
                }

                @Override
                public String describe() {
                    return network.describe();
                }

                @Override
                public void close() {
                    network.close();
                }
            };
        }
    }
}
