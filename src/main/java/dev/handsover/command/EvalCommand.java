package dev.handsover.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.handsover.evaluate.Evaluation;
import dev.handsover.evaluate.Sample;
import dev.handsover.evaluate.Scores;
import dev.handsover.frame.Failure;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.ModelCard;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code eval MODEL… --data DIR}: networks judged on pictures with known masks, by the stages that process runs. */
@Command(
        name = "eval",
        description = {
            "Judges networks on your own pictures: IoU, F-measure, outlines and error where there are masks, false alarms where"
                    + " there are no hands, boxes, and flicker on videos.",
            "A data folder holds images/ and masks/ with the same names, or NAME.jpg beside NAME.png (mask) or NAME.txt"
                    + " (boxes as x0 y0 x1 y1, fractions); pictures alone count as without hands; videos are for flicker.",
            "A row is a group: names that begin with the same letters. IoU, P(recision) and R(ecall) and their F count all its"
                    + " pixels at once, mean is the IoU by picture, outline the F-measure of outlines, MAE the mean error of the"
                    + " matte, 0 to 1; flicker is a mean change in codes of 255 where the picture stands still."
        })
final class EvalCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Networks: names, cards (.json) or .onnx files.")
    List<String> models = new ArrayList<>();

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of samples; may be repeated.")
    List<Path> folders = new ArrayList<>();

    @Option(
            names = "--keep",
            split = ",",
            paramLabel = "CLASS",
            description = "Which classes count. Default: the card's choice")
    List<String> keep = new ArrayList<>();

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "0",
            description = "At most so many samples, from 1, evenly spread. Default: all")
    int most;

    @Option(names = "--json", description = "One JSON object instead of a table.")
    boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also a page with the worst pictures.")
    @Nullable Path html;

    @Option(
            names = "--mattes",
            paramLabel = "DIR",
            description = "Also the matte of every picture, as DIR/NAME.pgm; for one model.")
    @Nullable Path mattes;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (mattes != null && models.size() != 1) {
            throw Failure.usage("--mattes writes those of one model; name only one.");
        }
        List<Sample> samples = new ArrayList<>();
        folders.forEach(folder -> samples.addAll(Sample.find(folder)));
        List<Sample> chosen = spread(samples);
        Map<String, JsonObject> results = new LinkedHashMap<>();
        List<String> rows = new ArrayList<>();
        List<EvalPage.Part> parts = new ArrayList<>();
        for (String model : models) {
            try (Evaluation evaluation = new Evaluation(ModelCard.find(model), keep, MatteSettings.DEFAULT)) {
                if (mattes != null) {
                    Path folder = mattes;
                    evaluation.onMatte((sample, alpha) -> write(folder, sample, alpha));
                }
                int skipped = 0;
                for (Sample sample : chosen) {
                    try {
                        evaluation.add(sample);
                    } catch (Failure e) {
                        if (e.kind() == Failure.Kind.OUTPUT) {
                            throw e;
                        }
                        skipped++;
                        System.err.println(e.sentence());
                    }
                }
                results.put(model, object(evaluation, skipped));
                rows.addAll(rows(model, evaluation));
                if (html != null) {
                    parts.add(EvalPage.part(model, evaluation));
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonObject all = new JsonObject();
            results.forEach(all::add);
            out.println(new GsonBuilder().setPrettyPrinting().create().toJson(all));
        } else {
            rows.forEach(out::println);
        }
        out.flush();
        if (html != null) {
            EvalPage.write(html, rows, parts);
        }
        return 0;
    }

    /** A portable graymap: a line of text, then the codes, row by row. */
    private static void write(Path folder, Sample sample, Evaluation.Alpha alpha) {
        String name = sample.file().getFileName().toString().replaceFirst("\\.[^.]*$", "");
        try {
            Files.createDirectories(folder);
            try (OutputStream out = Files.newOutputStream(folder.resolve(name + ".pgm"))) {
                out.write(
                        ("P5 " + alpha.width() + " " + alpha.height() + " 255\n").getBytes(StandardCharsets.US_ASCII));
                out.write(alpha.codes());
            }
        } catch (IOException e) {
            throw Failure.output(
                    "The matte of " + name + " cannot be written to " + folder + ": " + e.getMessage() + ".");
        }
    }

    private List<Sample> spread(List<Sample> samples) {
        if (most <= 0 || samples.size() <= most) {
            return samples;
        }
        List<Sample> some = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            some.add(samples.get((int) ((long) i * samples.size() / most)));
        }
        return some;
    }

    private static String row(String model, String group, Scores s) {
        return String.format(
                Locale.ROOT,
                "%-14s %-12s %5d  IoU %.3f  mean %.3f  F %.3f  P %.3f  R %.3f  outline %.3f  MAE %.4f",
                model,
                group,
                s.pictures(),
                s.iou(),
                s.meanIou(),
                s.f(),
                s.precision(),
                s.recall(),
                s.edges(),
                s.mae());
    }

    private static List<String> rows(String model, Evaluation evaluation) {
        List<String> rows = new ArrayList<>();
        Scores all = new Scores();
        evaluation.masked().forEach((group, scores) -> {
            rows.add(row(model, group, scores));
            all.add(scores);
        });
        if (evaluation.masked().size() > 1) {
            rows.add(row(model, "all", all));
        }
        evaluation
                .empty()
                .forEach((group, scores) -> rows.add(String.format(
                        Locale.ROOT,
                        "%-14s %-12s %5d  false alarms %.3f %% of pixels",
                        model,
                        group,
                        scores.pictures(),
                        100 * scores.coverage())));
        evaluation
                .boxed()
                .forEach((group, boxes) -> rows.add(String.format(
                        Locale.ROOT,
                        "%-14s %-12s %5d boxes  precision %.3f  recall %.3f",
                        model,
                        group,
                        boxes.boxes(),
                        boxes.precision(),
                        boxes.recall())));
        evaluation
                .moving()
                .forEach((group, flicker) -> rows.add(
                        String.format(Locale.ROOT, "%-14s %-12s flicker %.3f codes", model, group, flicker.value())));
        return rows;
    }

    private static JsonObject object(Evaluation evaluation, int skipped) {
        JsonObject object = new JsonObject();
        evaluation.masked().forEach((group, s) -> {
            JsonObject one = new JsonObject();
            one.addProperty("pictures", s.pictures());
            one.addProperty("iou", s.iou());
            one.addProperty("meanIou", s.meanIou());
            one.addProperty("f", s.f());
            one.addProperty("precision", s.precision());
            one.addProperty("recall", s.recall());
            one.addProperty("outlineF", s.edges());
            one.addProperty("mae", s.mae());
            object.add(group, one);
        });
        evaluation.empty().forEach((group, s) -> {
            JsonObject one = new JsonObject();
            one.addProperty("pictures", s.pictures());
            one.addProperty("falseAlarms", s.coverage());
            object.add(group, one);
        });
        evaluation.boxed().forEach((group, b) -> {
            JsonObject one = new JsonObject();
            one.addProperty("boxes", b.boxes());
            one.addProperty("precision", b.precision());
            one.addProperty("recall", b.recall());
            object.add(group, one);
        });
        evaluation.moving().forEach((group, f) -> {
            JsonObject one = new JsonObject();
            one.addProperty("flicker", f.value());
            object.add(group, one);
        });
        object.addProperty("skipped", skipped);
        return object;
    }
}
