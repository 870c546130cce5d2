package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Pixels;
import dev.handsover.Run;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every output with transparency carries the matte, and a mask is gray video. */
class TransparencyTest {
    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    /** The matte of every frame, 0..255, without loss. */
    private static Pixels matte;

    @BeforeAll
    static void readMatte() {
        Path file = shared.resolve("matte.mkv");
        Run.process(Run.HANDS, file, "--only-mask", "--codec", "ffv1", "--quiet");
        assertEquals("ffv1,gray", Ff.stream(file, "v", "codec_name,pix_fmt"));
        matte = Pixels.of(file, "gray").stretched();
        assertEquals(30, matte.frames().size());
        double covered = covered(matte.frames().get(15));
        assertTrue(covered > 0.03 && covered < 0.9, "the hands cover " + covered);
    }

    private static double covered(byte[] alpha) {
        int sum = 0;
        for (byte each : alpha) {
            sum += each & 255;
        }
        return sum / 255.0 / alpha.length;
    }

    @ParameterizedTest
    @CsvSource({
        "a.mov,prores,yuva444p10le,,0.6",
        "a.webm,vp9,yuv420p,libvpx-vp9,3",
        "a.mkv,ffv1,bgra,,0.01",
    })
    void videoCarriesTheMatte(String name, String codec, String layout, String decoder, double off) {
        Path file = folder.resolve(name);
        Run.process(Run.HANDS, file, "--background", "transparent", "--quiet");
        assertEquals(
                codec + "," + layout, Ff.stream(file, "v", "codec_name,pix_fmt").replace("yuva444p12le", layout));
        String[] before = decoder == null ? new String[0] : new String[] {"-c:v", decoder};
        Pixels alpha = Pixels.of(file, "rgba", before).channel(3, 4);
        assertEquals(30, alpha.frames().size());
        assertTrue(alpha.distance(matte) <= off, name + " is off by " + alpha.distance(matte));
    }

    @Test
    void numberedPngCarriesTheMatte() {
        Run.process(Run.HANDS, folder + "/out_%05d.png", "--background", "transparent", "--quiet");
        assertEquals(30, Run.names(folder).size());
        assertEquals("out_00001.png", Run.names(folder).getFirst());
        Pixels alpha = Pixels.of(folder.resolve("out_00016.png"), "rgba").channel(3, 4);
        assertTrue(Pixels.distance(alpha.frames().getFirst(), matte.frames().get(15)) <= 0.01);
    }

    @Test
    void onePictureOfAVideoCarriesTheMatte() {
        Path file = folder.resolve("one.png");
        Run.process(Run.HANDS, file, "--frames", "1", "--background", "transparent", "--quiet");
        Pixels alpha = Pixels.of(file, "rgba").channel(3, 4);
        assertTrue(Pixels.distance(alpha.frames().getFirst(), matte.frames().getFirst()) <= 0.01);
        assertEquals(List.of("one.png"), Run.names(folder));
    }

    @Test
    void pngMasksAreBlackAndWhite() {
        Path file = folder.resolve("mask.png");
        Run.process(Run.HANDS, file, "--frames", "1", "--only-mask", "--quiet");
        assertEquals("gray", Ff.stream(file, "v", "pix_fmt"));
        Pixels mask = Pixels.of(file, "gray");
        assertTrue(Pixels.distance(mask.frames().getFirst(), matte.frames().getFirst()) <= 0.6);
        assertEquals(0, mask.frames().getFirst()[0]);
    }

    @Test
    void masksAreGrayVideoInAnyCodec() {
        Path file = folder.resolve("mask.mp4");
        Run.process(Run.HANDS, file, "--only-mask", "--quiet");
        Pixels colors = Pixels.of(file, "rgb24");
        double off = Pixels.of(file, "gray").stretched().distance(matte);
        assertTrue(off < 2.5, "off by " + off);
        assertTrue(colors.channel(0, 3).distance(colors.channel(2, 3)) < 0.6, "the mask has a colour");
    }

    @Test
    void animatedWebpCarriesTheMatte() throws Exception {
        Path file = folder.resolve("a.webp");
        Run.process(Run.HANDS, file, "--background", "transparent", "--quiet");
        List<byte[]> chunks = chunks(Files.readAllBytes(file), 12);
        assertEquals("VP8X", name(chunks.getFirst()));
        assertEquals(0x12, chunks.getFirst()[8] & 0x12, "alpha and animation are announced");
        List<byte[]> frames =
                chunks.stream().filter(each -> name(each).equals("ANMF")).toList();
        assertEquals(30, frames.size());
        int duration = 0;
        for (byte[] frame : frames) {
            duration += ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(8 + 12) & 0xFFFFFF;
        }
        assertEquals(1000, duration, 10);
        // the first frame as a file of its own, which any decoder of WebP takes
        Path first = folder.resolve("first.webp");
        Files.write(first, still(chunks.getFirst(), frames.getFirst()));
        byte[] alpha = placed(frames.getFirst(), Pixels.of(first, "rgba").channel(3, 4));
        double off = Pixels.distance(alpha, matte.frames().getFirst());
        assertTrue(off < 1, "off by " + off);
    }

    /** The part of the canvas that a frame covers, in its place; elsewhere it is clear. */
    private static byte[] placed(byte[] frame, Pixels part) {
        ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        int left = 2 * (header.getInt(8) & 0xFFFFFF);
        int top = 2 * (header.getInt(11) & 0xFFFFFF);
        byte[] whole = new byte[matte.width() * matte.height()];
        for (int y = 0; y < part.height(); y++) {
            int to = (top + y) * matte.width() + left;
            System.arraycopy(part.frames().getFirst(), y * part.width(), whole, to, part.width());
        }
        return whole;
    }

    /** Chunks of RIFF with their headers, from a place on. */
    private static List<byte[]> chunks(byte[] bytes, int from) {
        List<byte[]> chunks = new ArrayList<>();
        int at = from;
        while (at + 8 <= bytes.length) {
            int size = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
            int end = Math.min(bytes.length, at + 8 + size + (size & 1));
            chunks.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return chunks;
    }

    private static String name(byte[] chunk) {
        return new String(chunk, 0, 4, StandardCharsets.US_ASCII);
    }

    /** One frame of an animation as a picture of its own. */
    private static byte[] still(byte[] head, byte[] frame) {
        byte[] extended = head.clone();
        extended[8] &= (byte) ~2;
        byte[] body = Arrays.copyOfRange(frame, 8 + 16, frame.length);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("RIFF".getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4 + extended.length + body.length)
                .array());
        all.writeBytes("WEBP".getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(extended);
        all.writeBytes(body);
        return all.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "a.mp4,,",
        "a.avi,,",
        "a.y4m,,",
        "a.jpg,,",
        "a.mov,libopenh264,",
        "a.webm,av1,",
        "a.mov,prores_ks,yuv422p10le"
    })
    void whatHasNoTransparencyIsRefused(String name, String codec, String layout) {
        List<Object> arguments = new ArrayList<>(List.of("process", Run.HANDS, folder.resolve(name)));
        arguments.addAll(List.of("--background", "transparent", "--frames", "1"));
        if (codec != null) {
            arguments.addAll(List.of("--codec", codec));
        }
        if (layout != null) {
            arguments.addAll(List.of("--pixel-format", layout));
        }
        Run.of(arguments.toArray()).failed(2, "transparen");
        assertEquals(List.of(), Run.names(folder));
    }
}
