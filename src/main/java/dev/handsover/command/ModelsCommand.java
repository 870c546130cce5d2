package dev.handsover.command;

import dev.handsover.capture.SourceSpec;
import dev.handsover.capture.pattern.PatternSource;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models}: what models there are, and whether their networks are whole. */
@Command(
        name = "models",
        description = {
            "Lists the models: those shipped and those in $XDG_DATA_HOME/handsover/models.",
            "docs/models.md tells how a network from Keras, PyTorch or TFLite gets a card."
        })
final class ModelsCommand implements Callable<Integer> {
    private static final int RUNS = 30;
    private static final int LONGEST_CELL = 14;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "One of them, by name, card or network. Default: all")
    @Nullable String name;

    @Option(names = "--bench", description = "Measures the milliseconds of a 720p frame here, on one thread.")
    boolean bench;

    @Option(names = "--classes", description = "Lists the names that --keep takes; * marks those kept without it.")
    boolean classes;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        String one = name;
        List<ModelCard> cards = one == null ? ModelCard.all() : List.of(ModelCard.find(one));
        PrintWriter out = spec.commandLine().getOut();
        boolean whole = true;
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"NAME", "SIZE", "LICENCE", "IoU", bench ? "ms" : "", "CHECKSUM", "WHAT"});
        for (ModelCard card : cards) {
            if (classes) {
                out.println(card.name() + ": " + String.join(", ", marked(card)));
                continue;
            }
            String state = state(card);
            whole &= state.equals("ok");
            rows.add(new String[] {
                card.name(),
                size(card),
                card.licence(),
                Double.isNaN(card.iou()) ? "–" : String.format(Locale.ROOT, "%.2f", card.iou()),
                bench && state.equals("ok") ? String.format(Locale.ROOT, "%.1f", millis(card)) : "",
                state,
                card.title()
            });
        }
        if (!classes) {
            print(rows, out);
        }
        out.flush();
        return whole ? 0 : Failure.Kind.MODEL.exitCode();
    }

    private static List<String> marked(ModelCard card) {
        return card.output().classes().stream()
                .map(each -> card.output().keep().contains(each) ? each + "*" : each)
                .toList();
    }

    private static String state(ModelCard card) {
        try {
            card.verify();
            return "ok";
        } catch (Failure e) {
            return e.sentence();
        }
    }

    private static String size(ModelCard card) {
        if (card.method() != null) {
            return "none";
        }
        try {
            return String.format(Locale.ROOT, "%.1f MB", Files.size(card.file()) / 1e6);
        } catch (IOException e) {
            return "missing";
        }
    }

    /** The median of some runs on a rendered frame. */
    private static double millis(ModelCard card) throws InterruptedException {
        SourceSpec.Pattern pattern = (SourceSpec.Pattern) SourceSpec.parse("pattern:hands?frames=1");
        try (PatternSource source = PatternSource.open(pattern, SourceSpec.Options.ALL)) {
            Frame frame = source.read();
            if (frame == null) {
                throw new IllegalStateException("the pattern is empty");
            }
            try (Segmenter segmenter = Segmenter.open(card, source.format().picture(), List.of(), 1, 1, 0)
                    .getFirst()) {
                long[] nanos = new long[RUNS];
                for (int i = -5; i < RUNS; i++) {
                    long start = System.nanoTime();
                    segmenter.segment(frame);
                    nanos[Math.max(i, 0)] = System.nanoTime() - start;
                }
                Arrays.sort(nanos);
                return nanos[RUNS / 2] / 1e6;
            } finally {
                frame.recycle();
            }
        }
    }

    /** A table within the terminal's width: long cells become numbers of notes below it, the last column is wrapped. */
    private static void print(List<String[]> rows, PrintWriter out) {
        int last = rows.getFirst().length - 1;
        int[] widths = new int[last];
        List<String> notes = new ArrayList<>();
        for (String[] row : rows) {
            for (int i = 0; i < last; i++) {
                row[i] = i == 0 || row[i].length() <= LONGEST_CELL ? row[i] : noted(row[i], notes);
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                if (widths[i] > 0) {
                    line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
                }
            }
            wrapped(line.toString(), row[last], out);
        }
        for (int i = 0; i < notes.size(); i++) {
            wrapped("[" + (i + 1) + "] ", notes.get(i), out);
        }
    }

    private static String noted(String text, List<String> notes) {
        if (!notes.contains(text)) {
            notes.add(text);
        }
        return "[" + (notes.indexOf(text) + 1) + "]";
    }

    /** Words after a beginning, on as many lines as they need, all from the same column. */
    private static void wrapped(String beginning, String words, PrintWriter out) {
        StringBuilder line = new StringBuilder(beginning);
        int from = beginning.length();
        for (String word : words.split(" ", -1)) {
            if (line.length() > from && line.length() + word.length() > HelpText.WIDTH) {
                out.println(line.toString().stripTrailing());
                line = new StringBuilder(" ".repeat(from));
            }
            line.append(word).append(' ');
        }
        out.println(line.toString().stripTrailing());
    }
}
