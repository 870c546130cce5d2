package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.frame.StreamFormat;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Tells people how a run goes, on standard error, since standard output may carry video: a bar on a terminal, a line every
 * few seconds elsewhere, nothing when quiet.
 */
final class Console implements Pipeline.Watcher {
    /** How much is told. */
    enum Voice {
        BAR,
        LINES,
        SILENT
    }

    private static final long LINE_EVERY_NANOS = 5_000_000_000L;
    private final Voice voice;
    private final PrintStream out;
    private @Nullable ProgressBar bar;
    private @Nullable StreamFormat stream;
    private long startNanos;
    private long lastLineNanos;

    Console(Voice voice, PrintStream out) {
        this.voice = voice;
        this.out = out;
    }

    /** A bar only where somebody sees it move. */
    static Console choose(boolean quiet) {
        java.io.@Nullable Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        return new Console(quiet ? Voice.SILENT : terminal ? Voice.BAR : Voice.LINES, System.err);
    }

    @Override
    public void opened(StreamFormat opened, String tier, String outputs) {
        stream = opened;
        startNanos = System.nanoTime();
        lastLineNanos = startNanos;
        if (voice == Voice.SILENT) {
            return;
        }
        out.println(heading(opened, outputs));
        out.println(tier);
        if (voice == Voice.BAR) {
            bar = new ProgressBarBuilder()
                    .setTaskName("")
                    .setInitialMax(Math.max(-1, opened.frames()))
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setUnit(" frames", 1)
                    .showSpeed()
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(out))
                    .build();
        }
    }

    /** The frames' size first; the rate is that of what is written, and so stands behind it. */
    private static String heading(StreamFormat opened, String outputs) {
        String size = opened.picture().width() + "×" + opened.picture().height();
        return opened.stills()
                ? size + (opened.frames() == 1 ? " picture → " : " pictures → ") + outputs
                : String.format(
                        Locale.ROOT,
                        "%s → %s, %.4g fps",
                        size,
                        outputs,
                        opened.frameRate().value());
    }

    /** Whether the frames are pictures without a time of their own. */
    boolean stills() {
        StreamFormat of = stream;
        return of != null && of.stills();
    }

    @Override
    public void frame(long count, long timeNanos) {
        long now = System.nanoTime();
        ProgressBar shown = bar;
        if (shown != null) {
            shown.stepTo(count);
            shown.setExtraMessage(pace(now, timeNanos).replaceFirst("^, ", ""));
        } else if (voice == Voice.LINES && now - lastLineNanos > LINE_EVERY_NANOS) {
            lastLineNanos = now;
            StreamFormat of = stream;
            String total = of == null || of.frames() < 0 ? "" : " of " + of.frames();
            String left = of == null || of.frames() <= count
                    ? ""
                    : String.format(
                            Locale.ROOT, ", %.0f s left", (now - startNanos) / 1e9 / count * (of.frames() - count));
            out.printf(
                    Locale.ROOT,
                    "%d%s frames, %.1f fps%s%s%n",
                    count,
                    total,
                    count * 1e9 / (now - startNanos),
                    pace(now, timeNanos),
                    left);
        }
    }

    private String pace(long now, long timeNanos) {
        return stills()
                ? ""
                : String.format(Locale.ROOT, ", %.1f× real time", (double) timeNanos / Math.max(1, now - startNanos));
    }

    @Override
    public void closed() {
        ProgressBar shown = bar;
        if (shown != null) {
            shown.close();
            bar = null;
        }
    }

    @Override
    public void note(String line) {
        if (voice != Voice.SILENT) {
            out.println(line);
        }
    }
}
