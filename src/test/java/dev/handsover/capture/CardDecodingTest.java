package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FFV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.Ff;
import dev.handsover.Run;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.segment.resident.Fake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recordings that an NVIDIA card decodes. FFmpeg and its {@code cuda} are real; the driver below them takes its pictures from a
 * file ({@code fake/nvdec.c}), so that what a card would have to give is known. That a real card gives it, only a real card can show.
 */
class CardDecodingTest {
    @TempDir
    Path folder;

    /** H.264 of a size that is none of whole blocks, in BT.709; the same pictures as NV12 of the coded size. */
    private Path recording;

    private Path pictures;

    @BeforeAll
    static void onLinux() {
        assumeTrue(System.getProperty("os.name").startsWith("Linux"), "the pretended driver is Linux's");
    }

    @BeforeEach
    void record() {
        recording = folder.resolve("in.mp4");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=322x182:rate=25",
                "-frames:v",
                30,
                "-c:v",
                "libopenh264",
                "-b:v",
                "2M",
                "-colorspace",
                "bt709",
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709",
                "-color_range",
                "tv",
                recording);
        pictures = raw(recording, "nv12", 336, 192);
    }

    private Path raw(Path from, String format, int codedWidth, int codedHeight) {
        Path to = folder.resolve("pictures." + format);
        Ff.mpeg(
                "-i",
                from,
                "-fps_mode",
                "passthrough",
                "-vf",
                "pad=" + codedWidth + ":" + codedHeight,
                "-pix_fmt",
                format,
                "-f",
                "rawvideo",
                to);
        return to;
    }

    /** The environment of a child whose driver is the pretended one. */
    private Map<String, String> card(String... flags) throws Exception {
        Path driver = folder.resolve("driver");
        Files.createDirectories(driver);
        String[] all = Arrays.copyOf(flags, flags.length + 1);
        all[flags.length] = "PICTURES=\"" + pictures + "\"";
        Path library = Fake.library(driver, "nvdec", "nvdec", all);
        Files.move(library, driver.resolve("libcuda.so.1"));
        Files.createSymbolicLink(driver.resolve("libnvcuvid.so.1"), driver.resolve("libcuda.so.1"));
        return Map.of("LD_LIBRARY_PATH", driver.toString());
    }

    private static Run process(Map<String, String> environment, Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "process";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--device";
        all[all.length - 1] = "cpu";
        return Run.child(environment, List.of(), all);
    }

    private Path out(String name) {
        return folder.resolve(name);
    }

    @Test
    void aCardsPicturesAreTheProcessorsToTheBit() throws Exception {
        sameBits(recording);
    }

    @Test
    void picturesWithoutTheirLeftAndUpperEdgeAreTheProcessorsToTheBit() throws Exception {
        Path cut = out("cut.mp4");
        Ff.mpeg("-i", recording, "-c", "copy", "-bsf:v", "h264_metadata=crop_left=128:crop_top=4", cut);
        assertEquals("194,178", Ff.stream(cut, "v", "width,height"));
        sameBits(cut);
    }

    private void sameBits(Path recording) throws Exception {
        Run card = process(card(), recording, out("card.mkv"), "--codec", "ffv1", "--decoder", "cuda", "--json");
        assertEquals(0, card.code(), card.err());
        assertTrue(card.out().contains("An NVIDIA card decodes."), card.out());
        assertTrue(card.err().contains("nvdec: 0 left, 30 decoded"), card.err());
        Run software = process(Map.of(), recording, out("software.mkv"), "--codec", "ffv1");
        assertEquals(0, software.code(), software.err());
        assertArrayEquals(Ff.raw(out("software.mkv"), "format=yuv420p"), Ff.raw(out("card.mkv"), "format=yuv420p"));
        assertEquals(Ff.times(out("software.mkv"), "v"), Ff.times(out("card.mkv"), "v"));
        for (String entry :
                List.of("color_space", "color_primaries", "color_transfer", "color_range", "width", "height")) {
            assertEquals(Ff.stream(out("software.mkv"), "v", entry), Ff.stream(out("card.mkv"), "v", entry), entry);
        }
        assertEquals("bt709", Ff.stream(out("card.mkv"), "v", "color_space"));
    }

    @Test
    void tenBitsComeDownAsTheyAre() throws Exception {
        Path deep = out("deep.webm");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x192:rate=25",
                "-frames:v",
                8,
                "-pix_fmt",
                "yuv420p10le",
                "-c:v",
                "libvpx-vp9",
                "-lossless",
                1,
                "-auto-alt-ref",
                0,
                "-lag-in-frames",
                0,
                deep);
        pictures = raw(deep, "p010le", 320, 192);
        Run card = process(card(), deep, out("card.mkv"), "--codec", "ffv1", "--decoder", "cuda", "--json");
        assertEquals(0, card.code(), card.err());
        assertTrue(card.err().contains("nvdec: 0 left, 8 decoded"), card.err());
        process(Map.of(), deep, out("software.mkv"), "--codec", "ffv1");
        byte[] wanted = Ff.raw(out("software.mkv"), "format=yuv420p");
        byte[] made = Ff.raw(out("card.mkv"), "format=yuv420p");
        assertEquals(wanted.length, made.length);
        int most = 0;
        for (int i = 0; i < made.length; i++) {
            most = Math.max(most, Math.abs((made[i] & 255) - (wanted[i] & 255)));
        }
        // both are rounded to eight bits, planar and interleaved chroma by code of their own
        assertTrue(most <= 1, "differs by up to " + most);
    }

    @Test
    void aCardWhoseOwnContextIsTakenDecodesInOneApart() throws Exception {
        Run card = process(card("NO_PRIMARY"), recording, "null:", "--frames", 5, "--decoder", "cuda:0", "--json");
        assertEquals(0, card.code(), card.err());
        assertTrue(card.out().contains("An NVIDIA card decodes."), card.out());
        assertTrue(card.err().contains("nvdec: 0 left"), card.err());
    }

    @Test
    void whatACardRefusesTheProcessorDecodesOrNobody() throws Exception {
        Map<String, String> refusing = card("REFUSES");
        Run auto = process(refusing, recording, out("auto.mp4"), "--frames", 5, "--decoder", "auto", "--json");
        assertEquals(0, auto.code(), auto.err());
        assertTrue(
                auto.out().contains("The processor decodes, since the card does not decode h264 in yuv420p, 322×182."),
                auto.out());
        assertEquals(5, Ff.times(out("auto.mp4"), "v").size());
        process(refusing, recording, "null:", "--decoder", "cuda")
                .failed(5, "No NVIDIA card can decode", "does not decode h264", "use --decoder software");
    }

    @Test
    void inAFolderOneThatTheCardRefusesIsPassedOver() throws Exception {
        Path in = Files.createDirectory(out("in"));
        Files.move(recording, in.resolve("a.mp4"));
        Ff.mpeg("-i", in.resolve("a.mp4"), "-frames:v", 3, "-c:v", "ffv1", in.resolve("b.mkv"));
        Files.copy(in.resolve("a.mp4"), in.resolve("c.mp4"));
        Run run = process(card(), in, out("out") + "/", "--jobs", 1, "--decoder", "cuda");
        assertEquals(3, run.code(), run.err());
        assertTrue(
                run.err().contains("3 recordings: 2 made, 0 left alone since they were done before, 1 passed over."),
                run.err());
        assertTrue(run.err().contains("b.mkv: FFmpeg decodes no ffv1 on NVIDIA's cards"), run.err());
        assertEquals(30, Ff.times(out("out").resolve("c.mp4"), "v").size());
    }

    @Test
    void withoutACardAFolderEndsAtOnce() throws Exception {
        Path in = Files.createDirectory(out("in"));
        Files.move(recording, in.resolve("a.mp4"));
        Files.copy(in.resolve("a.mp4"), in.resolve("b.mp4"));
        process(card("CARDS=0"), in, out("out") + "/", "--jobs", 1, "--decoder", "cuda")
                .failed(5, "opens no card 0");
        assertEquals(
                1, Files.readAllLines(out("out").resolve(".handsover-done")).size(), "clips that were begun");
    }

    @Test
    void aCardThatIsLostMidwayEndsTheFileInOneSentence() throws Exception {
        process(card("LOST_AFTER=10"), recording, out("lost.mp4"), "--decoder", "cuda")
                .failed(5, "The graphics card failed while it decoded", "--decoder software");
    }

    @Test
    void withoutACardTheReasonIsTold() throws Exception {
        process(card("CARDS=0"), recording, "null:", "--decoder", "cuda").failed(5, "opens no card 0");
        assumeTrue(!Files.exists(Path.of("/dev/nvidiactl")), "there is a card here");
        Run here = Run.of("process", recording, "null:", "--decoder", "cuda");
        here.failed(5, "there is no NVIDIA driver here (libcuda.so.1 is not found)", "use --decoder software");
        Reading auto = Reading.of(recording.toString(), wish("auto"));
        assertEquals(30, auto.frames().size());
        assertEquals(
                List.of("The processor decodes, since there is no NVIDIA driver here (libcuda.so.1 is not found)."),
                auto.notes());
        Failure check = assertThrows(Failure.class, () -> DecoderWish.check(0));
        assertTrue(check.sentence().startsWith("there is no NVIDIA driver here"), check.sentence());
    }

    private static SourceSpec.Options wish(String decoder) {
        return SourceSpec.Options.ALL.with(CameraWish.ANY, DecoderWish.parse(decoder));
    }

    @Test
    void onlyRecordingsOfCodecsThatCardsKnowAreForThem() {
        assertEquals("FFmpeg decodes no ffv1 on NVIDIA's cards", refusal(AV_CODEC_ID_FFV1));
        for (int known : List.of(AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1)) {
            assertEquals(known, CardDecoding.decoder(known).id());
        }
        Run.of("process", "pattern:hands", "null:", "--decoder", "cuda")
                .failed(2, "--decoder cuda is for recordings alone");
        for (String wrong : List.of("gpu", "cuda:x", "cuda:64", "auto:1", "software:0", "")) {
            Failure failure = assertThrows(Failure.class, () -> DecoderWish.parse(wrong), wrong);
            assertEquals(Failure.Kind.USAGE, failure.kind());
            assertTrue(failure.sentence().contains("--decoder"), failure.sentence());
        }
        assertEquals(new DecoderWish(DecoderWish.Way.CUDA, 1), DecoderWish.parse("CUDA:1"));
    }

    private static String refusal(int codec) {
        return assertThrows(CardDecoding.Refusal.class, () -> CardDecoding.decoder(codec))
                .clause();
    }

    /** What comes down from a card is interleaved; its codes and colours must not change on the way into planes. */
    @Test
    void interleavedPicturesKeepEveryCodeAndTheirColours() throws Exception {
        for (String range : List.of("tv", "pc")) {
            Path interleaved = out(range + ".mkv");
            Ff.mpeg(
                    "-f",
                    "lavfi",
                    "-i",
                    "testsrc2=size=322x182:rate=25",
                    "-frames:v",
                    3,
                    "-vf",
                    "format=nv12,setparams=range=" + range
                            + ":colorspace=bt709:color_primaries=bt709:color_trc=bt709:chroma_location=left",
                    "-c:v",
                    "rawvideo",
                    "-allow_raw_vfw",
                    1,
                    interleaved);
            Reading read = Reading.of(interleaved);
            byte[] wanted = Ff.raw(interleaved, "format=nv12");
            int luma = 322 * 182;
            int chroma = 161 * 91;
            for (int i = 0; i < 3; i++) {
                byte[] planar = new byte[luma + 2 * chroma];
                int at = i * planar.length;
                System.arraycopy(wanted, at, planar, 0, luma);
                for (int c = 0; c < chroma; c++) {
                    planar[luma + c] = wanted[at + luma + 2 * c];
                    planar[luma + chroma + c] = wanted[at + luma + 2 * c + 1];
                }
                assertArrayEquals(planar, read.frames().get(i), range + " picture " + i);
            }
            ColorSpec color = read.format().picture().color();
            assertEquals(ColorSpec.Matrix.BT709, color.matrix());
            assertEquals(range.equals("pc"), color.fullRange());
        }
    }
}
