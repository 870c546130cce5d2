package dev.handsover.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Figures made of spans that are known. */
class ProfileTest {
    private static final long MILLI = 1_000_000;
    private static final Machine MACHINE = new Machine("a processor", 4, 1L << 33, "Linux amd64", "25");

    private static Profile.About about(boolean paced) {
        return new Profile.About(MACHINE, List.of("handsover 0"), Map.of("source", "x"), "tier", 33 * MILLI, paced);
    }

    private static Vitals.Sample sample(long nanos, long bytes) {
        String own = Thread.currentThread().getName();
        return new Vitals.Sample(nanos, 5 << 20, 1 << 20, Map.of("other", nanos), Map.of(own, bytes, "else", 7L), 0, 0);
    }

    /** A hundred frames of 10 ms in the network and 12 in the engine, the first 20 of 40; every 25th is 100 ms late. */
    private static Profile known(boolean paced) {
        Trail trail = new Trail(4_000);
        Latency latency = new Latency(trail, false);
        for (int i = 0; i < 100; i++) {
            long start = (1 + i) * 33L * MILLI;
            long network = i < 20 ? 40 * MILLI : 10 * MILLI;
            latency.span(Stage.DECODE, i, start - MILLI, start);
            latency.span(Stage.NETWORK, i, start, start + network);
            latency.span(Stage.ENGINE, i, start, start + network + 2 * MILLI);
            if (paced) {
                latency.span(Stage.TOTAL, i, start, start + (i % 25 == 24 ? 100 : 20) * MILLI);
            }
        }
        latency.span(Stage.DECODE, 50, 0, MILLI);
        long end = 102 * 33 * MILLI;
        List<Vitals.Sample> samples =
                List.of(sample(0, 0), sample(1_000 * MILLI, 1_000), sample(2_000 * MILLI, 9_000), sample(end, 9_000));
        List<Pauses.Pause> pauses = List.of(new Pauses.Pause(1_500 * MILLI, 3 * MILLI, "GC"));
        return Profile.of(about(paced), trail, samples, pauses, Map.of("damaged", 0L));
    }

    private static Profile.Row row(Profile profile, Stage stage) {
        return Objects.requireNonNull(profile.row(stage));
    }

    @Test
    void theWarmUpIsCutAndTheRestIsExact() {
        Profile profile = known(false);
        assertEquals(new WarmUp(20, true, 41, 11), profile.warmUp());
        assertEquals(80, profile.ways().size());
        assertEquals(80, row(profile, Stage.NETWORK).count());
        assertEquals(10, row(profile, Stage.NETWORK).millis(50), 0.02);
        assertEquals(10, row(profile, Stage.NETWORK).maxMillis(), 0.02);
        assertEquals(1e3 / 33, profile.fps(), 1e-6);
        assertEquals(3 * MILLI, profile.usage().longestPauseNanos());
        assertEquals(8_000, profile.pipelineBytes());
    }

    @Test
    void aRunThatNeverSettlesSaysSo() {
        long[] rising = new long[100];
        for (int i = 0; i < 100; i++) {
            rising[i] = (100 - i) * MILLI;
        }
        WarmUp cut = WarmUp.of(rising);
        assertFalse(cut.settled());
        assertEquals(50, cut.frames());
    }

    @Test
    void framesThatALongOneKeptOutAreCountedWhereTheClockPaces() {
        Profile.Row paced = row(known(true), Stage.TOTAL);
        // four late frames of 100 ms among eighty: each stands for frames of 67 and 34 ms too
        assertEquals(20, paced.millis(50), 0.05);
        assertTrue(paced.corrected().getTotalCount() > paced.times().getTotalCount());
        assertEquals(80 + 4 * 2, paced.corrected().getTotalCount());
        Profile.Row network = row(known(true), Stage.NETWORK);
        assertEquals(network.times().getTotalCount(), network.corrected().getTotalCount());
    }

    @Test
    void aMarkAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Latency latency = new Latency(new Trail(20_000), false);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 3_000; i++) {
                latency.mark(Stage.ENCODE, i, 0);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
        assertEquals(30_000, latency.count(Stage.ENCODE));
    }

    @Test
    void aFullTrailKeepsWhatItHasAndCountsTheRest() {
        Trail trail = new Trail(10);
        Latency latency = new Latency(trail, false);
        for (int i = 0; i < 25; i++) {
            latency.span(Stage.MATTE, i, i, i + 1);
        }
        latency.span(Stage.MATTE, -1, 0, 1);
        assertEquals(10, trail.size());
        assertEquals(15, trail.missed());
        assertEquals(new Trail.Span(Stage.MATTE, 9, 9, 10, 0), trail.span(9));
    }

    @Test
    void whatIsSwitchedOffIsNotThere() {
        Latency latency = new Latency();
        latency.on(false);
        latency.mark(Stage.MATTE, 1, 0);
        latency.on(true);
        latency.mark(Stage.MATTE, 2, 0);
        assertEquals(1, latency.count(Stage.MATTE));
    }

    @Test
    void theObjectHoldsEveryStage() {
        JsonObject object =
                JsonParser.parseString(ProfileJson.text(known(true))).getAsJsonObject();
        assertEquals(ProfileJson.VERSION, object.get("schema").getAsInt());
        for (String stage : List.of("decode", "network", "engine", "camera to picture")) {
            JsonObject own = object.getAsJsonObject("stages").getAsJsonObject(stage);
            for (String figure : List.of("p50", "p90", "p95", "p99", "max", "mean", "count")) {
                assertTrue(own.get(figure).getAsDouble() > 0, stage + " " + figure);
            }
            assertEquals(Profile.BLOCKS, own.getAsJsonArray("blockMedians").size());
        }
        assertNotNull(object.getAsJsonObject("stages")
                .getAsJsonObject("camera to picture")
                .get("uncorrected"));
        assertEquals(20, object.getAsJsonObject("warmUp").get("frames").getAsInt());
    }

    @Test
    void theTraceHasABarASpanAndAnArrowAFrame() throws IOException {
        StringWriter text = new StringWriter();
        Trace.write(known(false), text);
        JsonArray events =
                JsonParser.parseString(text.toString()).getAsJsonObject().getAsJsonArray("traceEvents");
        assertEquals(100, count(events, "X", "network"));
        assertEquals(100, count(events, "s", "frame"));
        assertEquals(100, count(events, "f", "frame"));
        assertEquals(100, count(events, "b", "engine"));
        assertEquals(1, count(events, "X", "GC"));
        assertTrue(count(events, "C", "frames in the engine") >= 200);
    }

    private static long count(JsonArray events, String phase, String name) {
        long count = 0;
        for (JsonElement each : events) {
            JsonObject event = each.getAsJsonObject();
            count += event.get("ph").getAsString().equals(phase)
                            && event.get("name").getAsString().equals(name)
                    ? 1
                    : 0;
        }
        return count;
    }

    @Test
    void thePageStandsAlone() {
        String page = Page.of(known(true), List.of("A <sentence>."));
        assertTrue(page.contains("A &lt;sentence&gt;."));
        assertTrue(page.contains("prefers-color-scheme:dark"));
        assertFalse(
                page.contains("<script") || page.contains("src=") || page.contains("<link"), "something is fetched");
        assertFalse(page.replace("xmlns='http://www.w3.org/2000/svg'", "").contains("http"), "an address in the page");
        assertFalse(page.contains("NaN"), "a figure is missing");
    }

    private static JsonObject noisy(long seed, double slower) {
        Random random = new Random(seed);
        JsonObject object =
                JsonParser.parseString(ProfileJson.text(known(false))).getAsJsonObject();
        JsonArray blocks = new JsonArray();
        for (int i = 0; i < Profile.BLOCKS; i++) {
            blocks.add(10 * slower * (1 + 0.1 * random.nextGaussian()));
        }
        object.getAsJsonObject("stages").getAsJsonObject("network").add("blockMedians", blocks);
        return object;
    }

    @Test
    void aSlowerStageIsFoundAndAnEqualOneIsNot() {
        int found = 0;
        int wrong = 0;
        for (int i = 0; i < 20; i++) {
            JsonObject before = noisy(i, 1);
            found += Comparison.of(List.of(before), List.of(noisy(100 + i, 1.25)))
                            .slower(0.05)
                    ? 1
                    : 0;
            wrong += Comparison.of(List.of(before), List.of(noisy(200 + i, 1))).slower(0.05) ? 1 : 0;
        }
        assertEquals(20, found);
        assertEquals(0, wrong);
        Comparison runs = Comparison.of(List.of(noisy(1, 1), noisy(2, 1)), List.of(noisy(3, 0.5), noisy(4, 0.5)));
        assertTrue(runs.stages().stream().anyMatch(each -> each.stage().equals("network") && each.faster(0.05)));
    }

    /** A machine that is thrice as slow at times: what falls on both runs of a pair does not hide a quarter more. */
    @Test
    void pairsSeeThroughAMachineThatChanges() {
        int found = 0;
        int wrong = 0;
        for (int i = 0; i < 20; i++) {
            Random machine = new Random(i);
            List<JsonObject> before = new ArrayList<>();
            List<JsonObject> same = new ArrayList<>();
            List<JsonObject> slower = new ArrayList<>();
            for (int k = 0; k < 2 * Comparison.PAIRS; k++) {
                double load = 1 + 2 * machine.nextDouble();
                before.add(noisy(1000 * i + k, load));
                same.add(noisy(1000 * i + 100 + k, load));
                slower.add(noisy(1000 * i + 200 + k, 1.25 * load));
            }
            found += Comparison.of(before, slower).slower(0.1) ? 1 : 0;
            wrong += Comparison.of(before, same).slower(0.1) ? 1 : 0;
        }
        assertEquals(20, found);
        assertEquals(0, wrong);
    }

    @Test
    void whatWasMeasuredElsewhereIsNamed() {
        JsonObject other = noisy(1, 1);
        other.getAsJsonObject("machine").addProperty("processors", 64);
        other.getAsJsonObject("settings").addProperty("source", "y");
        List<String> differences =
                Comparison.of(List.of(noisy(1, 1)), List.of(other)).differences();
        assertEquals(List.of("processors: 4 and 64", "source: \"x\" and \"y\""), differences);
        assertEquals(
                List.of(),
                Comparison.of(List.of(noisy(1, 1)), List.of(noisy(2, 1))).differences());
    }

    @Test
    void theGlassCountsExactly() {
        Glass glass = new Glass();
        for (long number : new long[] {5, 6, 6, 9, 8, 10, (1 << 24) + 11}) {
            glass.see(number % (1 << 24), 40_000);
        }
        glass.blind();
        assertEquals(7, glass.seen());
        assertEquals(2, glass.lost());
        assertEquals(1, glass.twice());
        assertEquals(1, glass.backwards());
        assertEquals(1, glass.unreadable());
        assertEquals(5, glass.aged());
        assertEquals(40, glass.millis(50), 0.1);
    }
}
