package dev.handsover.profile;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the run took of the machine after its warm-up.
 *
 * @param seconds of it
 * @param cpuNanos by thread name; the clock of {@code /proc} ticks every 10 ms
 * @param allocatedBytes by thread name, of the Java heap
 * @param peakResidentBytes the most that was seen; 0 where the system does not tell
 * @param collections of the Java heap
 * @param pauses how often the Java machine stood still
 * @param pausedNanos and for how long, all together
 * @param longestPauseNanos and the longest of them
 * @param busy share of the time, 0..1, in which a thread worked on frames, by thread name
 */
public record Usage(
        double seconds,
        Map<String, Long> cpuNanos,
        Map<String, Long> allocatedBytes,
        long peakResidentBytes,
        long collections,
        int pauses,
        long pausedNanos,
        long longestPauseNanos,
        Map<Integer, Double> busy) {

    static Usage of(List<Profile.Way> ways, List<Vitals.Sample> samples, List<Pauses.Pause> pauses) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        Map<Integer, Long> worked = new TreeMap<>();
        for (Profile.Way way : ways) {
            for (Trail.Span span : way.spans()) {
                if (span.stage() == Stage.ENGINE) {
                    from = Math.min(from, span.start());
                    to = Math.max(to, span.end());
                }
                if (span.stage().kind() == Stage.Kind.WORK) {
                    worked.merge(span.thread(), span.nanos(), Long::sum);
                }
            }
        }
        if (from >= to) {
            return new Usage(0, Map.of(), Map.of(), 0, 0, 0, 0, 0, Map.of());
        }
        long begin = from;
        long end = to;
        Map<Integer, Double> busy = new TreeMap<>();
        worked.forEach((thread, nanos) -> busy.put(thread, Math.min(1, (double) nanos / (end - begin))));
        List<Vitals.Sample> within = samples.stream()
                .filter(s -> s.nanos() >= begin && s.nanos() <= end)
                .toList();
        List<Pauses.Pause> still = pauses.stream()
                .filter(p -> p.startNanos() >= begin && p.startNanos() <= end)
                .toList();
        return new Usage(
                (end - begin) / 1e9,
                grown(within, Vitals.Sample::cpuNanos),
                grown(within, Vitals.Sample::allocatedBytes),
                samples.stream().mapToLong(Vitals.Sample::residentBytes).max().orElse(0),
                within.isEmpty()
                        ? 0
                        : within.getLast().collections() - within.getFirst().collections(),
                still.size(),
                still.stream().mapToLong(Pauses.Pause::nanos).sum(),
                still.stream().mapToLong(Pauses.Pause::nanos).max().orElse(0),
                busy);
    }

    /** How much each count grew from the first look to the last one that knew it. */
    private static Map<String, Long> grown(
            List<Vitals.Sample> samples, java.util.function.Function<Vitals.Sample, Map<String, Long>> of) {
        Map<String, Long> grown = new TreeMap<>();
        if (samples.isEmpty()) {
            return grown;
        }
        Map<String, Long> first = of.apply(samples.getFirst());
        for (Vitals.Sample sample : samples) {
            of.apply(sample)
                    .forEach((name, value) ->
                            grown.merge(name, Math.max(0, value - first.getOrDefault(name, 0L)), Math::max));
        }
        return grown;
    }
}
