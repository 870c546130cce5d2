package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import dev.handsover.v4l2.Coding;
import dev.handsover.v4l2.Layout;
import dev.handsover.v4l2.Mode;
import dev.handsover.v4l2.VideoDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of cameras, in whose words, and what is made of their bytes; tools/vcam has a real one. */
class CamerasTest {
    /** As a webcam on USB 2 lists itself: raw pictures are slow from 720 lines on. */
    private static final List<Mode> USB2 = List.of(
            mode(Coding.YUYV, 640, 480, 30, 15),
            mode(Coding.YUYV, 1280, 720, 10),
            mode(Coding.YUYV, 1920, 1080, 5),
            mode(Coding.MJPEG, 640, 480, 30),
            mode(Coding.MJPEG, 1280, 720, 60, 30, 15),
            mode(Coding.MJPEG, 1920, 1080, 30));

    @TempDir
    Path folder;

    private static Mode mode(Coding coding, int width, int height, int... rates) {
        return new Mode(
                coding,
                width,
                height,
                false,
                java.util.Arrays.stream(rates).mapToObj(r -> new Rational(r, 1)).toList());
    }

    private static CameraWish wish(String format, int width, int height, int fps) {
        Rational rate = fps == 0 ? null : new Rational(fps, 1);
        return new CameraWish(CameraWish.Format.of(format), width, height, rate, Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "auto,0,0,0,1280×720 mjpeg at 30.00 fps",
        "auto,640,480,0,640×480 yuyv at 30.00 fps",
        "auto,1920,1080,0,1920×1080 mjpeg at 30.00 fps",
        "auto,0,0,60,1280×720 mjpeg at 60.00 fps",
        "auto,0,0,10,1280×720 yuyv at 10.00 fps",
        "yuyv,0,0,0,640×480 yuyv at 30.00 fps",
        "yuyv,1280,720,0,1280×720 yuyv at 10.00 fps",
        "mjpeg,640,480,15,640×480 mjpeg at 30.00 fps",
        "auto,1000,700,0,1280×720 mjpeg at 30.00 fps"
    })
    void theWantedSizeThenAFullRateThenTheLeastWork(String format, int width, int height, int fps, String chosen) {
        assertEquals(chosen, String.valueOf(ModeChoice.of(USB2, wish(format, width, height, fps))));
    }

    @Test
    void aCameraThatTakesAnySizeIsAskedForTheWantedOne() {
        List<Mode> any = List.of(new Mode(Coding.NV12, 1920, 1080, true, List.of()));
        assertEquals("1000×700 nv12", String.valueOf(ModeChoice.of(any, wish("auto", 1000, 700, 0))));
        assertEquals("1920×1080 nv12", String.valueOf(ModeChoice.of(any, CameraWish.ANY)));
    }

    @Test
    void aFormatThatIsNotThereIsNotChosen() {
        assertNull(ModeChoice.of(USB2, wish("h264", 0, 0, 0)));
        assertNull(ModeChoice.of(List.of(), CameraWish.ANY));
    }

    @Test
    void wishesCheckThemselves() {
        assertThrows(Failure.class, () -> wish("auto", 8, 8, 0));
        assertThrows(Failure.class, () -> wish("auto", 1280, 0, 0));
        assertThrows(Failure.class, () -> wish("auto", 0, 0, 2000));
        assertThrows(Failure.class, () -> wish("jpeg2000", 0, 0, 0));
        assertEquals(CameraWish.Format.MJPEG, CameraWish.Format.of("MJPEG"));
    }

    @Test
    void sourcesAreParsed() {
        assertEquals(new SourceSpec.Webcam(""), SourceSpec.parse("webcam"));
        assertEquals(new SourceSpec.Webcam("2"), SourceSpec.parse("webcam:2"));
        assertEquals(new SourceSpec.Webcam("/dev/video2"), SourceSpec.parse("webcam:/dev/video2"));
        assertEquals(new SourceSpec.Webcam("Logitech C920"), SourceSpec.parse("webcam:Logitech C920"));
        assertEquals(new SourceSpec.Screen(0, 0, 0, 0), SourceSpec.parse("screen"));
        assertEquals(new SourceSpec.Screen(10, 20, 640, 480), SourceSpec.parse("screen:10,20,640,480"));
        assertEquals(
                new SourceSpec.Live(new SourceSpec.Video(Path.of("a.mp4")), true), SourceSpec.parseLive("a.mp4?loop"));
        assertEquals(new SourceSpec.Live(new SourceSpec.Video(Path.of("a.mp4")), false), SourceSpec.parseLive("a.mp4"));
        assertEquals(new SourceSpec.Webcam(""), SourceSpec.parseLive("webcam"));
        assertTrue(((SourceSpec.Pattern) SourceSpec.parseLive("pattern:hands")).live());
    }

    @ParameterizedTest
    @ValueSource(strings = {"screen:1,2,3", "screen:a", "screen:0,0,10,0", "screen:-1,0,10,10"})
    void wrongScreensAreRefused(String text) {
        assertEquals(
                Failure.Kind.USAGE,
                assertThrows(Failure.class, () -> SourceSpec.parse(text)).kind());
    }

    @Test
    void otherSystemsAreAskedInTheirWords() {
        assertEquals(
                new InputDevice("avfoundation", "0:none", Map.of("framerate", "30")),
                InputDevice.avfoundation("", CameraWish.ANY));
        assertEquals(
                new InputDevice(
                        "avfoundation",
                        "FaceTime:none",
                        Map.of("framerate", "25/1", "video_size", "1280x720", "pixel_format", "nv12")),
                InputDevice.avfoundation("FaceTime", wish("nv12", 1280, 720, 25)));
        assertEquals(
                new InputDevice(
                        "dshow",
                        "video=USB Camera",
                        Map.of("video_size", "640x480", "vcodec", "mjpeg", "rtbufsize", "200000000")),
                InputDevice.directShow("USB Camera", wish("mjpeg", 640, 480, 0)));
    }

    @Test
    void screensAreTakenBySystem() {
        SourceSpec.Screen part = new SourceSpec.Screen(10, 20, 640, 480);
        assertEquals(
                new InputDevice("x11grab", ":1+10,20", Map.of("framerate", "30", "video_size", "640x480")),
                InputDevice.screen(part, CameraWish.ANY, "Linux", ":1"));
        assertEquals(
                new InputDevice(
                        "gdigrab",
                        "desktop",
                        Map.of("framerate", "30", "video_size", "640x480", "offset_x", "10", "offset_y", "20")),
                InputDevice.screen(part, CameraWish.ANY, "Windows 11", null));
        assertEquals(
                "avfoundation",
                InputDevice.screen(part, CameraWish.ANY, "Mac OS X", null).format());
        assertEquals(
                Failure.Kind.DEVICE,
                assertThrows(Failure.class, () -> InputDevice.screen(part, CameraWish.ANY, "Linux", null))
                        .kind());
    }

    private Unpacker unpacker(Coding coding, int rowBytes, int bytes) {
        return new Unpacker(new Layout(coding, 64, 48, rowBytes, bytes, ColorSpec.assumedFor(48)));
    }

    @Test
    void paddedRowsAreRead() {
        int row = 96;
        try (Arena arena = Arena.ofConfined();
                Unpacker unpacker = unpacker(Coding.NV12, row, row * 72)) {
            MemorySegment bytes = arena.allocate((long) row * 72);
            bytes.fill((byte) 7);
            bytes.set(ValueLayout.JAVA_BYTE, 47L * row + 63, (byte) 200);
            bytes.set(ValueLayout.JAVA_BYTE, 48L * row, (byte) 90);
            AVFrame picture = avutil.av_frame_alloc();
            assertTrue(unpacker.unpack(bytes, 123, picture));
            assertEquals(123, picture.pts());
            assertEquals((byte) 200, picture.data(0).get(47L * picture.linesize(0) + 63));
            assertEquals((byte) 90, picture.data(1).get(0));
            bytes.fill((byte) 0);
            assertEquals((byte) 90, picture.data(1).get(0), "the picture still lies in the camera's memory");
            avutil.av_frame_unref(picture);
            assertFalse(unpacker.unpack(bytes.asSlice(0, 100), 0, picture), "a short picture was taken");
            assertEquals(1, unpacker.refused());
            avutil.av_frame_free(picture);
        }
    }

    @Test
    void jpegsAreDecodedOnceAndDamagedOnesRefused() throws Exception {
        Path file = folder.resolve("a.jpg");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1:r=1", "-frames:v", 1, "-pix_fmt", "yuvj422p", file);
        byte[] whole = Files.readAllBytes(file);
        try (Arena arena = Arena.ofConfined();
                Unpacker unpacker = unpacker(Coding.MJPEG, 0, 1 << 16)) {
            MemorySegment bytes = arena.allocate(whole.length);
            MemorySegment.copy(whole, 0, bytes, ValueLayout.JAVA_BYTE, 0, whole.length);
            AVFrame picture = avutil.av_frame_alloc();
            assertTrue(unpacker.unpack(bytes, 5, picture));
            assertEquals(avutil.AV_PIX_FMT_YUVJ422P, picture.format());
            assertEquals(5, picture.pts());
            avutil.av_frame_unref(picture);
            assertFalse(unpacker.unpack(bytes.asSlice(0, whole.length * 2L / 3), 6, picture), "half a picture");
            assertFalse(unpacker.unpack(bytes.asSlice(0, 0), 6, picture), "no bytes");
            MemorySegment hurt = arena.allocate(whole.length);
            hurt.copyFrom(bytes);
            hurt.asSlice(0, 200).fill((byte) 0);
            assertFalse(unpacker.unpack(hurt, 7, picture), "no header");
            assertEquals(3, unpacker.refused());
            assertTrue(unpacker.unpack(bytes, 8, picture), "the next is whole");
            assertFalse(unpacker.lenient());
            avutil.av_frame_free(picture);
        }
    }

    @Test
    void aCameraWhoseEveryJpegEndsEarlyIsTakenAsItIs() throws Exception {
        Path file = folder.resolve("a.jpg");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1:r=1", "-frames:v", 1, "-pix_fmt", "yuvj422p", file);
        byte[] whole = Files.readAllBytes(file);
        try (Arena arena = Arena.ofConfined();
                Unpacker unpacker = unpacker(Coding.MJPEG, 0, 1 << 16)) {
            int length = whole.length * 9 / 10;
            MemorySegment bytes = arena.allocate(length);
            MemorySegment.copy(whole, 0, bytes, ValueLayout.JAVA_BYTE, 0, length);
            AVFrame picture = avutil.av_frame_alloc();
            int refused = 0;
            while (!unpacker.unpack(bytes, 0, picture) && refused < 20) {
                refused++;
            }
            assertEquals(10, refused);
            assertTrue(unpacker.lenient());
            avutil.av_frame_free(picture);
        }
    }

    @Test
    void missingCamerasAreOneSentence() {
        Assumptions.assumeTrue(VideoDevices.supported() && VideoDevices.nodes().isEmpty());
        for (String name : Set.of("webcam", "webcam:3", "webcam:Logitech")) {
            Failure failure = assertThrows(
                    Failure.class,
                    () -> SourceSpec.parse(name).open(SourceSpec.Options.ALL).close());
            assertEquals(Failure.Kind.DEVICE, failure.kind());
            assertTrue(failure.sentence().contains("pattern:hands"), failure.sentence());
        }
    }

    /** Kernel time stamps are CLOCK_MONOTONIC; ages are counted against {@link System#nanoTime}. */
    @Test
    void nanoTimeIsTheKernelsMonotonicClock() throws Throwable {
        Assumptions.assumeTrue(VideoDevices.supported());
        Linker linker = Linker.nativeLinker();
        var clock = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("clock_gettime"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            long before = System.nanoTime();
            assertEquals(0, (int) clock.invokeExact(1, time));
            long after = System.nanoTime();
            long kernel = time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
            assertTrue(before <= kernel && kernel <= after, before + " " + kernel + " " + after);
        }
    }

    @Test
    void whoHasADeviceOpenIsFound() throws Exception {
        Assumptions.assumeTrue(VideoDevices.supported());
        Path held = Files.writeString(folder.resolve("held"), "x");
        Process holder = new ProcessBuilder("sh", "-c", "exec 3<\"$0\"; echo ready; sleep 60", held.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertEquals('r', holder.getInputStream().read());
            List<String> holders = VideoDevices.holders(held.toRealPath());
            assertNotNull(holders);
            assertTrue(
                    holders.stream().anyMatch(each -> each.contains("(process " + holder.pid() + ")")),
                    holders.toString());
        } finally {
            holder.descendants().forEach(ProcessHandle::destroyForcibly);
            holder.destroyForcibly();
        }
    }
}
