package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.v4l2.Coding;
import dev.handsover.v4l2.Layout;
import dev.handsover.v4l2.Refusal;
import dev.handsover.v4l2.Transmission;
import dev.handsover.v4l2.VideoDevice;
import dev.handsover.v4l2.VideoDevices;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A camera for other programs: an output device of the kernel's, usually v4l2loopback's. Size, layout and rate are set once
 * and stay while readers come and go. Recordings are shown at the pace of their time stamps, live pictures at once; a
 * picture that the device has no room for is left out.
 */
final class VirtualCamera implements Sink {
    /** What a device is asked for, in this order: programs for meetings read YUYV most readily. */
    private static final List<Coding> CODINGS = List.of(Coding.YUYV, Coding.I420, Coding.NV12);

    private static final Duration ROOM = Duration.ofMillis(500);
    /** A device without room for so long is broken. */
    private static final long BROKEN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path node;
    private final boolean live;
    private final VideoDevice device;
    private final Layout layout;
    private final Transmission transmission;
    private final SwsContext scaler;
    private final MemorySegment picture;
    private final PointerPointer<Pointer> from = new PointerPointer<>(4);
    private final IntPointer fromRows = new IntPointer(4);
    private final PointerPointer<Pointer> to = new PointerPointer<>(4);
    private final IntPointer toRows = new IntPointer(4);
    private long startNanos;
    private long lastRoomNanos;
    private long count;
    private long leftOut;

    VirtualCamera(Path node, Output.Job job) {
        Ffmpeg.load();
        this.node = node;
        this.live = job.stream().live();
        this.device = open(node);
        try {
            this.layout = choose(job.pictures());
            Rational rate = job.stream().frameRate();
            device.outputRate(rate);
            this.transmission = Transmission.start(device);
            this.picture = device.allocate(layout.bytes());
            this.scaler = scaler(job.pictures());
            point();
            claim();
        } catch (Refusal e) {
            device.close();
            throw refused(node, e);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static VideoDevice open(Path node) {
        if (!VideoDevices.supported()) {
            throw Failure.output("Virtual cameras are written on Linux only; here, show the window to a program that"
                    + " makes one, such as OBS.");
        }
        try {
            VideoDevice opened = VideoDevice.open(node);
            if (!opened.about().outputs()) {
                opened.close();
                throw Failure.output(node + " takes no pictures ("
                        + opened.about().card() + "); name a device of v4l2loopback, which handsover doctor explains.");
            }
            return opened;
        } catch (Refusal e) {
            throw refused(node, e);
        }
    }

    private static Failure refused(Path node, Refusal e) {
        if (e.gone()) {
            return Failure.output("There is no virtual camera " + node + "; handsover doctor says how to make one.");
        }
        if (e.forbidden()) {
            return Failure.output(node + " may not be written by this user; join its group with sudo usermod -aG "
                    + VideoDevices.group(node) + " $USER, then log in again.");
        }
        List<String> holders = e.busy() ? VideoDevices.holders(node) : List.of();
        return Failure.output(node + " cannot be written (" + e.call() + ": " + e.reason()
                + (holders.isEmpty() ? "" : " by " + String.join(", ", holders))
                + "); close other programs that use it,"
                + " or name another.");
    }

    private Layout choose(PictureFormat pictures) throws Refusal {
        Layout nearest = null;
        for (Coding coding : CODINGS) {
            Layout given = device.output(coding, pictures.width(), pictures.height());
            if (given != null && given.width() == pictures.width() && given.height() == pictures.height()) {
                return given;
            }
            nearest = given == null ? nearest : given;
        }
        throw Failure.output(
                nearest == null
                        ? node + " takes none of YUYV, I420 and NV12; name another device."
                        : node + " is set to " + nearest.width() + "×" + nearest.height() + ", not "
                                + pictures.width() + "×" + pictures.height() + "; add --size " + nearest.width() + "x"
                                + nearest.height() + ", or close the programs that read it.");
    }

    private SwsContext scaler(PictureFormat pictures) {
        int format =
                switch (layout.coding()) {
                    case I420 -> avutil.AV_PIX_FMT_YUV420P;
                    case NV12 -> avutil.AV_PIX_FMT_NV12;
                    default -> avutil.AV_PIX_FMT_YUYV422;
                };
        SwsContext made = sws_getContext(
                pictures.width(),
                pictures.height(),
                Ffmpeg.pixelFormat(pictures),
                layout.width(),
                layout.height(),
                format,
                SWS_BILINEAR | SWS_ACCURATE_RND,
                (SwsFilter) null,
                (SwsFilter) null,
                (DoublePointer) null);
        sws_setColorspaceDetails(
                made,
                sws_getCoefficients(pictures.color().matrix().code),
                pictures.color().fullRange() ? 1 : 0,
                sws_getCoefficients(layout.color().matrix().code),
                layout.color().fullRange() ? 1 : 0,
                0,
                1 << 16,
                1 << 16);
        return made;
    }

    /** Black at once: readers that are there see something, and nobody can change the setting any more. */
    private void claim() throws Refusal {
        boolean plain = layout.coding() != Coding.YUYV;
        long luma = (long) layout.rowBytes() * layout.height();
        byte dark = (byte) layout.color().lumaOffset();
        picture.fill((byte) 128);
        for (long i = 0; i < luma; i += plain ? 1 : 2) {
            picture.set(ValueLayout.JAVA_BYTE, i, dark);
        }
        try {
            transmission.write(picture, ROOM);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where the device's layout has its planes. */
    private void point() {
        int row = layout.rowBytes();
        long luma = (long) row * layout.height();
        long start = picture.address();
        to.put(0, new Ffmpeg.At(start));
        toRows.put(0, row);
        if (layout.coding() == Coding.NV12) {
            to.put(1, new Ffmpeg.At(start + luma));
            toRows.put(1, row);
        } else if (layout.coding() == Coding.I420) {
            long chroma = (long) (row / 2) * ((layout.height() + 1) / 2);
            to.put(1, new Ffmpeg.At(start + luma));
            to.put(2, new Ffmpeg.At(start + luma + chroma));
            toRows.put(1, row / 2);
            toRows.put(2, row / 2);
        }
    }

    @Override
    public void write(Frame frame) {
        for (int plane = 0; plane < frame.format().planes(); plane++) {
            from.put(plane, new Ffmpeg.At(frame.address(plane)));
            fromRows.put(plane, frame.stride(plane));
        }
        sws_scale(scaler, from, fromRows, 0, frame.height(), to, toRows);
        try {
            if (!live) {
                pace(frame.timeNanos());
            }
            boolean taken = transmission.write(picture, ROOM);
            long now = System.nanoTime();
            lastRoomNanos = taken || count == 0 ? now : lastRoomNanos;
            leftOut += taken ? 0 : 1;
            count++;
            if (now - lastRoomNanos > BROKEN_NANOS) {
                throw Failure.output(node + " has taken no picture for 10 s; name another device.");
            }
        } catch (Refusal e) {
            throw refused(node, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a recording's picture is due. */
    private void pace(long timeNanos) throws InterruptedException {
        long now = System.nanoTime();
        if (count == 0) {
            startNanos = now - timeNanos;
        }
        TimeUnit.NANOSECONDS.sleep(startNanos + timeNanos - now);
    }

    @Override
    public void sound(SoundPacket packet) {
        // a camera has none
    }

    @Override
    public void finish() {
        // nothing to complete
    }

    @Override
    public String describe() {
        return node + " (" + device.about().card() + ", " + layout.width() + "×" + layout.height() + " "
                + layout.coding().name().toLowerCase(Locale.ROOT) + ")";
    }

    @Override
    public List<String> notes() {
        return leftOut == 0 ? List.of() : List.of(node + ": " + leftOut + " pictures found no room and were left out.");
    }

    @Override
    public void close() {
        transmission.close();
        device.close();
        sws_freeContext(scaler);
        from.close();
        fromRows.close();
        to.close();
        toRows.close();
    }
}
