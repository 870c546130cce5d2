package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.handsover.capture.Fit;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Frame;
import dev.handsover.frame.StreamFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.sink.Output;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a frame costs that can be counted instead of timed: bytes of Java heap, and copies of whole frames. */
class ExactGatesTest {
    /** 0.7 KB were measured on small frames, more than half of it ONNX Runtime's own objects; room for a JDK's whims. */
    private static final long MOST_BYTES = 2048;

    private static final int FROM = 600;
    private static final int TO = 1200;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    static Path folder;

    @BeforeAll
    static void makeFiles() {
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=160x96:r=30",
                "-frames:v",
                TO,
                "-c:v",
                "libopenh264",
                "-pix_fmt",
                "yuv420p",
                folder.resolve("in.mp4"));
        Ff.mpeg("-f", "lavfi", "-i", "testsrc=s=160x96", "-frames:v", "1", "-update", "1", folder.resolve("slide.png"));
    }

    /** Counts over the second half, when everything that is made once is made. */
    private static final class Counts implements Pipeline.Watcher {
        private long bytes;
        private long copies;
        private long frames;

        @Override
        public void opened(StreamFormat stream, String tier, String outputs) {}

        @Override
        public void frame(long count, long timeNanos) {
            frames = count;
            if (count == FROM) {
                bytes = -THREADS.getTotalThreadAllocatedBytes();
                copies = -Frame.copies();
            }
            if (count == TO) {
                bytes += THREADS.getTotalThreadAllocatedBytes();
                copies += Frame.copies();
            }
        }

        @Override
        public void closed() {}

        @Override
        public void note(String line) {}
    }

    private static Counts run(Look look) throws InterruptedException {
        Counts counts = new Counts();
        Settings settings = new Settings(
                SourceSpec.parse(folder.resolve("in.mp4").toString()),
                SourceSpec.Options.ALL,
                new Settings.ModelChoice("hands", List.of(), 4096),
                MatteSettings.DEFAULT,
                look,
                new Settings.LayerFiles(
                        look.background() instanceof Look.Background.Media ? folder.resolve("slide.png") : null,
                        Fit.COVER,
                        Duration.ofSeconds(5),
                        List.of(),
                        List.of()),
                null,
                List.of(Output.parse(folder.resolve("out.mp4").toString())),
                Output.Encoding.AUTO,
                true,
                new Settings.Tuning(Settings.CompositorChoice.CPU, 1, 1, 1));
        new Pipeline(settings, counts).run();
        assertEquals(TO, counts.frames);
        return counts;
    }

    @Test
    void aFrameAllocatesNextToNothingAndIsNeverCopiedWhole() throws InterruptedException {
        Counts counts = run(Look.over(new Look.Background.Media()));
        long each = counts.bytes / (TO - FROM);
        assertTrue(each <= MOST_BYTES, each + " bytes a frame");
        assertEquals(0, counts.copies);
    }

    @Test
    void aBlurredRoomAllocatesNoMore() throws InterruptedException {
        Counts counts = run(Look.over(new Look.Background.Blur(25)));
        long each = counts.bytes / (TO - FROM);
        assertTrue(each <= MOST_BYTES, each + " bytes a frame");
        assertEquals(0, counts.copies);
    }
}
