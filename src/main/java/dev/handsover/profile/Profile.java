package dev.handsover.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What one run measured, warm-up cut: the source of the table, the JSON, the trace and the page.
 *
 * @param about what ran, and where
 * @param warmUp what was cut
 * @param stages of those that were marked, in the order of {@link Stage}
 * @param ways every frame after the warm-up, in order
 * @param drops frames by what became of them
 * @param fps pictures a second after the warm-up
 * @param missed spans that found no room in the trail
 */
public record Profile(
        About about,
        WarmUp warmUp,
        List<Row> stages,
        List<Way> ways,
        Map<String, Long> drops,
        Usage usage,
        double fps,
        int missed,
        Raw raw) {
    /** Blocks of frames whose medians stand for the run in comparisons. */
    static final int BLOCKS = 24;

    private static final long LONGEST_NANOS = 60_000_000_000L;

    /**
     * What ran, and where.
     *
     * @param settings by name, as far as they change the figures
     * @param intervalNanos between two frames of the source
     * @param paced frames came by the clock, and those that nobody took were lost
     */
    public record About(
            Machine machine,
            List<String> versions,
            Map<String, String> settings,
            String tier,
            long intervalNanos,
            boolean paced) {}

    /**
     * One stage's times.
     *
     * @param times of every frame, ns
     * @param corrected the same with the frames put in that a paced source lost meanwhile; equal to {@code times} elsewhere
     * @param blocks medians of equal parts of the run, in order, ns
     */
    public record Row(Stage stage, Histogram times, Histogram corrected, List<Double> blocks) {
        public double millis(double percentile) {
            return corrected.getValueAtPercentile(percentile) / 1e6;
        }

        public double meanMillis() {
            return corrected.getMean() / 1e6;
        }

        public double maxMillis() {
            return times.getMaxValue() / 1e6;
        }

        public long count() {
            return times.getTotalCount();
        }
    }

    /** One frame's spans, and the time that counts: from the camera live, else in the engine. */
    public record Way(long frame, List<Trail.Span> spans, long nanos) {}

    /** What else the run left: for traces and the time lines of reports. */
    public record Raw(
            List<Trail.Span> spans, List<String> threads, List<Vitals.Sample> samples, List<Pauses.Pause> pauses) {}

    /** Makes sense of a run that has ended. */
    public static Profile of(
            About about, Trail trail, List<Vitals.Sample> samples, List<Pauses.Pause> pauses, Map<String, Long> drops) {
        List<Trail.Span> spans = new ArrayList<>();
        for (int i = 0; i < trail.size(); i++) {
            spans.add(trail.span(i));
        }
        TreeMap<Long, List<Trail.Span>> frames = new TreeMap<>();
        spans.forEach(span ->
                frames.computeIfAbsent(span.frame(), _ -> new ArrayList<>()).add(span));
        Stage counts = about.paced() ? Stage.TOTAL : Stage.ENGINE;
        List<Way> all = new ArrayList<>();
        frames.forEach((frame, own) -> {
            long nanos = own.stream()
                    .filter(s -> s.stage() == counts)
                    .mapToLong(Trail.Span::nanos)
                    .findFirst()
                    .orElse(-1);
            if (nanos >= 0) {
                all.add(new Way(frame, own, nanos));
            }
        });
        long[] work = all.stream().mapToLong(Profile::work).toArray();
        WarmUp warmUp = WarmUp.of(work);
        List<Way> ways = all.subList(warmUp.frames(), all.size());
        long from = ways.isEmpty() ? Long.MIN_VALUE : ways.getFirst().frame();
        List<Row> rows = rows(about, spans, from);
        Raw raw = new Raw(spans, Arrays.asList(trail.threads()), samples, pauses);
        return new Profile(
                about,
                warmUp,
                rows,
                List.copyOf(ways),
                drops,
                Usage.of(ways, samples, pauses),
                fps(ways),
                trail.missed(),
                raw);
    }

    private static long work(Way way) {
        return way.spans().stream()
                .filter(s -> s.stage().kind() == Stage.Kind.WORK && s.stage() != Stage.PRESENT)
                .mapToLong(Trail.Span::nanos)
                .sum();
    }

    private static double fps(List<Way> ways) {
        long[] ends = ways.stream()
                .mapToLong(way -> way.spans().stream()
                        .filter(s -> s.stage() == Stage.ENGINE)
                        .mapToLong(Trail.Span::end)
                        .max()
                        .orElse(0))
                .filter(end -> end > 0)
                .toArray();
        return ends.length < 2 ? 0 : (ends.length - 1) * 1e9 / Math.max(1, ends[ends.length - 1] - ends[0]);
    }

    private static List<Row> rows(About about, List<Trail.Span> spans, long fromFrame) {
        Map<Stage, List<Trail.Span>> by = new EnumMap<>(Stage.class);
        for (Trail.Span span : spans) {
            if (span.frame() >= fromFrame) {
                by.computeIfAbsent(span.stage(), _ -> new ArrayList<>()).add(span);
            }
        }
        List<Row> rows = new ArrayList<>();
        by.forEach((stage, own) -> {
            Histogram times = new Histogram(LONGEST_NANOS, 3);
            own.forEach(span -> times.recordValue(Math.clamp(span.nanos(), 0, LONGEST_NANOS)));
            boolean correct = about.paced() && correctable(stage) && about.intervalNanos() > 0;
            Histogram corrected =
                    correct ? times.copyCorrectedForCoordinatedOmission(about.intervalNanos()) : times.copy();
            rows.add(new Row(stage, times, corrected, blocks(own)));
        });
        return rows;
    }

    /** Whether a stage counts from the camera: then a long time means that other frames were not taken meanwhile. */
    static boolean correctable(Stage stage) {
        return stage == Stage.AGE || stage == Stage.TOTAL || stage == Stage.OUT;
    }

    private static List<Double> blocks(List<Trail.Span> spans) {
        List<Trail.Span> ordered = new ArrayList<>(spans);
        ordered.sort(java.util.Comparator.comparingLong(Trail.Span::frame));
        int count = Math.min(BLOCKS, ordered.size());
        List<Double> medians = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long[] part = ordered
                    .subList((int) ((long) i * ordered.size() / count), (int) ((long) (i + 1) * ordered.size() / count))
                    .stream()
                    .mapToLong(Trail.Span::nanos)
                    .sorted()
                    .toArray();
            medians.add((double) part[part.length / 2]);
        }
        return Collections.unmodifiableList(medians);
    }

    /** The stage's row; null when it was never marked. */
    public @org.jspecify.annotations.Nullable Row row(Stage stage) {
        return stages.stream().filter(row -> row.stage() == stage).findFirst().orElse(null);
    }

    /** Bytes of the Java heap that the threads which worked on frames allocated after the warm-up. */
    public long pipelineBytes() {
        return usage.allocatedBytes().entrySet().stream()
                .filter(each -> raw.threads().contains(each.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** When frames were read, after the warm-up, that no picture was made of; ns. */
    public List<Long> dropped() {
        Map<Long, Long> read = new TreeMap<>();
        for (Trail.Span span : raw.spans()) {
            if ((span.stage() == Stage.DECODE || span.stage() == Stage.PAINT)
                    && span.frame() >= ways.getFirst().frame()
                    && span.frame() < ways.getLast().frame()) {
                read.put(span.frame(), span.end());
            }
        }
        ways.forEach(way -> read.remove(way.frame()));
        return read.values().stream()
                .sorted(java.util.Comparator.naturalOrder())
                .toList();
    }

    /** The slowest frames, worst first, none within so many frames of a worse one. */
    public List<Way> slowest(int most, int apart) {
        List<Way> slowest = new ArrayList<>();
        ways.stream()
                .sorted(java.util.Comparator.comparingLong(Way::nanos).reversed())
                .filter(way -> slowest.stream().noneMatch(worse -> Math.abs(worse.frame() - way.frame()) <= apart))
                .limit(most)
                .forEach(slowest::add);
        return slowest;
    }
}
