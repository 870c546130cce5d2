package dev.handsover.command;

import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.evaluate.Evaluation;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** A page of figures with the worst pictures of each network; everything stands in the one file. */
final class EvalPage {
    private static final int WORST = 24;
    private static final int ACROSS = 4;
    private static final int CELL = 160;

    private EvalPage() {}

    /** The worst pictures of a network: picture, matte, truth, as one PNG; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Part(String model, List<String> captions, byte[] sheet) {}

    static Part part(String model, Evaluation evaluation) throws InterruptedException {
        List<Evaluation.Judged> worst = new ArrayList<>(evaluation.judged());
        worst.sort(Comparator.comparingDouble(Evaluation.Judged::iou));
        worst = worst.subList(0, Math.min(WORST, worst.size()));
        if (worst.isEmpty()) {
            return new Part(model, List.of(), new byte[0]);
        }
        List<String> captions = new ArrayList<>();
        int rows = (worst.size() + ACROSS - 1) / ACROSS;
        try (ContactSheet sheet = new ContactSheet(3 * ACROSS, rows, CELL, CELL, ColorSpec.JPEG)) {
            for (int i = 0; i < worst.size(); i++) {
                Evaluation.Judged one = worst.get(i);
                int column = i % ACROSS * 3;
                captions.add(one.sample().file().getFileName() + " " + Math.round(1000 * one.iou()) / 1000.0);
                put(sheet, column, i / ACROSS, one.sample().file());
                putAlpha(sheet, column + 1, i / ACROSS, evaluation.alpha(one.sample()));
                put(sheet, column + 2, i / ACROSS, one.sample().mask());
            }
            Path file = Files.createTempFile("worst", ".png");
            sheet.write(file);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            return new Part(model, captions, bytes);
        } catch (IOException e) {
            throw Failure.output("The worst pictures cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static void put(ContactSheet sheet, int column, int row, Path file) throws InterruptedException {
        try (Source source = SourceSpec.parse(file.toString()).open(SourceSpec.Options.ALL)) {
            Frame frame = Objects.requireNonNull(source.read());
            sheet.put(column, row, frame);
            frame.recycle();
        }
    }

    private static void putAlpha(ContactSheet sheet, int column, int row, Evaluation.Alpha alpha)
            throws InterruptedException {
        PictureFormat format =
                new PictureFormat(alpha.width(), alpha.height(), Chroma.C444, false, ColorSpec.JPEG, Rational.ONE);
        try (FramePool pool = new FramePool(format, 1)) {
            Frame frame = pool.take();
            frame.fill(0, 128, 128, 255);
            for (int y = 0; y < alpha.height(); y++) {
                MemorySegment.copy(
                        alpha.codes(),
                        y * alpha.width(),
                        frame.plane(Frame.Y),
                        ValueLayout.JAVA_BYTE,
                        (long) y * frame.stride(Frame.Y),
                        alpha.width());
            }
            sheet.put(column, row, frame);
            frame.recycle();
        }
    }

    static void write(Path file, List<String> rows, List<Part> parts) {
        StringBuilder page = new StringBuilder("<!doctype html><meta charset=utf-8><title>Handsover: evaluation</title>"
                + "<style>body{font:15px sans-serif;margin:2em}pre{font-size:13px}img{max-width:100%}</style>"
                + "<h1>Evaluation</h1><pre>");
        rows.forEach(row -> page.append(escaped(row)).append('\n'));
        page.append("</pre>");
        for (Part part : parts) {
            page.append("<h2>")
                    .append(escaped(part.model()))
                    .append(": the worst pictures</h2><p>Picture, matte, truth; by IoU: ")
                    .append(escaped(String.join(", ", part.captions())))
                    .append("</p>");
            if (part.sheet().length > 0) {
                page.append("<img alt='worst pictures' src='data:image/png;base64,")
                        .append(Base64.getEncoder().encodeToString(part.sheet()))
                        .append("'>");
            }
        }
        try {
            Files.writeString(file, page);
        } catch (IOException e) {
            throw Failure.output(file + " cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
