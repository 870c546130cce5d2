package dev.handsover.evaluate;

import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.CpuCompositor;
import dev.handsover.composite.Layers;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.SoundPacket;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one network over samples through the stages that {@code process} runs: capture, preprocessing, network, matte,
 * compositing of the mask. One thread uses it.
 */
public final class Evaluation implements AutoCloseable {
    private static final int UNIT = 255;
    private static final int MOST_FORMATS = 6;

    private final ModelCard card;
    private final List<String> keep;
    private final MatteSettings settings;
    private final int pixels;
    /** The latest used; pictures of many sizes must not pile up sessions. */
    private final Map<PictureFormat, Stages> stages = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PictureFormat, Stages> eldest) {
            boolean full = size() > MOST_FORMATS;
            if (full) {
                eldest.getValue().close();
            }
            return full;
        }
    };

    private final Map<String, Scores> masked = new TreeMap<>();
    private final Map<String, Scores> empty = new TreeMap<>();
    private final Map<String, Flicker> moving = new TreeMap<>();
    private final Map<String, Boxes> boxed = new TreeMap<>();
    private final List<Judged> judged = new ArrayList<>();
    private BiConsumer<Sample, Alpha> seen = (sample, alpha) -> {};

    /** A picture's score, to find the worst. */
    public record Judged(Sample.Masked sample, double iou) {}

    /** What is opened once for each format of pictures. */
    private record Stages(
            Segmenter segmenter, MatteRefiner refiner, CpuCompositor compositor, FramePool pool, Frame picture)
            implements AutoCloseable {
        static Stages open(ModelCard card, List<String> keep, MatteSettings settings, PictureFormat format, int pixels)
                throws InterruptedException {
            Segmenter segmenter =
                    Segmenter.open(card, format, keep, 1, 2, pixels).getFirst();
            Look look = Look.mask();
            PictureFormat canvas = format.withAlpha(false);
            FramePool pool = new FramePool(canvas, 1);
            return new Stages(
                    segmenter,
                    new MatteRefiner(segmenter.width(), segmenter.height(), settings),
                    new CpuCompositor(format, canvas, look, Layers.NONE),
                    pool,
                    pool.take());
        }

        @Override
        public void close() {
            segmenter.close();
            refiner.close();
            compositor.close();
            picture.recycle();
            pool.close();
        }
    }

    public Evaluation(ModelCard card, List<String> keep, MatteSettings settings) {
        this(card, keep, settings, 0);
    }

    /** @param pixels about how many the network sees; 0 is the card's own choice */
    public Evaluation(ModelCard card, List<String> keep, MatteSettings settings, int pixels) {
        this.pixels = pixels;
        this.card = card;
        this.keep = List.copyOf(keep);
        this.settings = settings;
    }

    /** From now on tells of the matte of every picture that is added, masked, boxed or empty; of videos it does not. */
    public void onMatte(BiConsumer<Sample, Alpha> listener) {
        seen = listener;
    }

    /** Judges one sample; throws an input {@code Failure} when it cannot be read. */
    public void add(Sample sample) throws InterruptedException {
        switch (sample) {
            case Sample.Masked pair -> {
                Alpha alpha = shown(pair);
                byte[] truth = truth(pair, alpha);
                Scores.Picture score = masked.computeIfAbsent(pair.group(), key -> new Scores())
                        .add(alpha.codes(), truth, alpha.width(), alpha.height());
                judged.add(new Judged(pair, score.iou()));
            }
            case Sample.Empty alone -> {
                Alpha alpha = shown(alone);
                empty.computeIfAbsent(alone.group(), key -> new Scores())
                        .add(alpha.codes(), new byte[alpha.codes().length], alpha.width(), alpha.height());
            }
            case Sample.Boxed known -> {
                Alpha alpha = shown(known);
                boxed.computeIfAbsent(known.group(), key -> new Boxes())
                        .add(alpha.codes(), alpha.width(), alpha.height(), boxes(known));
            }
            case Sample.Moving video -> watch(video);
        }
    }

    /** Alpha of a whole picture, 0..255; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Alpha(int width, int height, byte[] codes) {}

    /** The matte of a sample's picture. */
    public Alpha alpha(Sample sample) throws InterruptedException {
        try (Source source = SourceSpec.parse(sample.file().toString()).open(SourceSpec.Options.ALL)) {
            Frame frame = Objects.requireNonNull(source.read());
            Alpha alpha = alpha(frame, true);
            frame.recycle();
            return alpha;
        }
    }

    private Alpha shown(Sample sample) throws InterruptedException {
        Alpha alpha = alpha(sample);
        seen.accept(sample, alpha);
        return alpha;
    }

    private Alpha alpha(Frame frame, boolean alone) throws InterruptedException {
        Stages own = stages.get(frame.format());
        if (own == null) {
            own = Stages.open(card, keep, settings, frame.format(), pixels);
            stages.put(frame.format(), own);
        }
        if (alone) {
            own.refiner().reset();
        }
        Mask mask = own.segmenter().segment(frame);
        own.compositor().compose(frame, own.refiner().refine(mask), mask, own.picture());
        int offset = frame.format().color().lumaOffset();
        int span = frame.format().color().lumaSpan();
        byte[] codes = luma(own.picture());
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) Math.clamp(((codes[i] & UNIT) - offset) * UNIT / span, 0, UNIT);
        }
        return new Alpha(frame.width(), frame.height(), codes);
    }

    private static byte[] luma(Frame frame) {
        byte[] codes = new byte[frame.width() * frame.height()];
        for (int y = 0; y < frame.height(); y++) {
            MemorySegment.copy(
                    frame.plane(Frame.Y),
                    ValueLayout.JAVA_BYTE,
                    (long) y * frame.stride(Frame.Y),
                    codes,
                    y * frame.width(),
                    frame.width());
        }
        return codes;
    }

    private static byte[] truth(Sample.Masked pair, Alpha alpha) throws InterruptedException {
        try (Source source = SourceSpec.parse(pair.mask().toString()).open(SourceSpec.Options.ALL)) {
            Frame frame = Objects.requireNonNull(source.read());
            boolean same = frame.width() == alpha.width() && frame.height() == alpha.height();
            byte[] truth = luma(frame);
            frame.recycle();
            if (!same) {
                throw Failure.input("The mask " + pair.mask() + " has another size than " + pair.file() + ".");
            }
            return truth;
        }
    }

    private static List<double[]> boxes(Sample.Boxed sample) {
        try {
            List<double[]> boxes = new ArrayList<>();
            for (String line : Files.readAllLines(sample.boxes())) {
                if (!line.isBlank()) {
                    double[] box = new double[4];
                    String[] words = line.strip().split("\\s+", -1);
                    for (int i = 0; i < 4; i++) {
                        box[i] = Double.parseDouble(words[i]);
                    }
                    boxes.add(box);
                }
            }
            return boxes;
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw Failure.input(sample.boxes() + " does not hold lines of x0 y0 x1 y1.", e);
        }
    }

    private void watch(Sample.Moving video) throws InterruptedException {
        Flicker flicker = moving.computeIfAbsent(video.group(), key -> new Flicker());
        flicker.begin();
        try (Source source = SourceSpec.parse(video.file().toString()).open(SourceSpec.Options.ALL)) {
            source.onSound(SoundPacket::close);
            boolean first = true;
            @Nullable Frame frame;
            while ((frame = source.read()) != null) {
                Alpha alpha = alpha(frame, first);
                flicker.add(luma(frame), alpha.codes(), alpha.width(), alpha.height());
                first = false;
                frame.recycle();
            }
        }
    }

    /** By group: pictures with masks. */
    public Map<String, Scores> masked() {
        return masked;
    }

    /** By group: pictures without hands. */
    public Map<String, Scores> empty() {
        return empty;
    }

    /** By group: pictures with boxes. */
    public Map<String, Boxes> boxed() {
        return boxed;
    }

    /** By group: videos. */
    public Map<String, Flicker> moving() {
        return moving;
    }

    /** Every picture with a mask, in the order given. */
    public List<Judged> judged() {
        return judged;
    }

    @Override
    public void close() {
        stages.values().forEach(Stages::close);
        stages.clear();
    }
}
