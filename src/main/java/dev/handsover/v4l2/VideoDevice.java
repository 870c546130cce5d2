package dev.handsover.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.frame.Rational;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open video device: what it is, what it can, and its setting. Offsets and request codes are those of
 * {@code linux/videodev2.h} on 64-bit machines, which the kernel keeps for ever. One thread at a time.
 */
public final class VideoDevice implements AutoCloseable {
    static final int CAPTURE = 1;
    static final int OUTPUT = 2;

    private static final long QUERYCAP = request(2, 0, 104);
    private static final long ENUM_FMT = request(3, 2, 64);
    private static final long G_FMT = request(3, 4, 208);
    private static final long S_FMT = request(3, 5, 208);
    private static final long G_PARM = request(3, 21, 204);
    private static final long S_PARM = request(3, 22, 204);
    private static final long ENUM_FRAMESIZES = request(3, 74, 44);
    private static final long ENUM_FRAMEINTERVALS = request(3, 75, 52);

    private static final int CAN_CAPTURE = 0x1;
    private static final int CAN_OUTPUT = 0x2;
    private static final int CAN_WRITE = 0x0100_0000;
    private static final int CAN_STREAM = 0x0400_0000;
    private static final int HAS_DEVICE_CAPS = 0x8000_0000;
    private static final int DISCRETE = 1;
    private static final int MOST_ENTRIES = 256;

    /** Sizes that are asked for where a device takes any between two limits. */
    private static final int[][] COMMON = {
        {160, 120}, {320, 180}, {320, 240}, {640, 360}, {640, 480}, {800, 600}, {960, 540}, {1280, 720}, {1920, 1080}
    };

    private final Descriptor descriptor;
    private final Path node;
    private final About about;
    private boolean streams;

    /**
     * What a device says of itself.
     *
     * @param card its name
     * @param bus where it is plugged in, e.g. {@code usb-0000:00:14.0-3}: the same after unplugging and back
     * @param captures gives pictures in a way that this program can take
     * @param outputs takes pictures
     */
    public record About(Path node, String card, String bus, String driver, boolean captures, boolean outputs) {}

    private VideoDevice(Path node) throws Refusal {
        this.node = node;
        this.descriptor = new Descriptor(node);
        try {
            this.about = query();
        } catch (Refusal e) {
            descriptor.close();
            throw e;
        }
    }

    /** Opens it; others may have it open too, until one streams. */
    public static VideoDevice open(Path node) throws Refusal {
        return new VideoDevice(node);
    }

    /** _IOC of asm-generic/ioctl.h: 1 is written by us, 2 read, 3 both. */
    static long request(int direction, int number, int size) {
        return (long) direction << 30 | (long) size << 16 | (long) 'V' << 8 | number;
    }

    private About query() throws Refusal {
        MemorySegment caps = descriptor.allocate(104);
        descriptor.call("VIDIOC_QUERYCAP", QUERYCAP, caps);
        int all = caps.get(JAVA_INT, 84);
        int own = (all & HAS_DEVICE_CAPS) != 0 ? caps.get(JAVA_INT, 88) : all;
        streams = (own & CAN_STREAM) != 0;
        return new About(
                node,
                text(caps, 16, 32),
                text(caps, 48, 32),
                text(caps, 0, 16),
                (own & CAN_CAPTURE) != 0 && (own & CAN_STREAM) != 0,
                (own & CAN_OUTPUT) != 0 && (own & (CAN_WRITE | CAN_STREAM)) != 0);
    }

    private static String text(MemorySegment from, long offset, int bytes) {
        String padded = new String(
                from.asSlice(offset, bytes).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        int end = padded.indexOf(0);
        return (end < 0 ? padded : padded.substring(0, end)).strip();
    }

    public About about() {
        return about;
    }

    /** It shares its buffers. */
    boolean streams() {
        return streams;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    /** Every way in which the camera gives pictures that this program reads. */
    public List<Mode> modes() {
        List<Mode> modes = new ArrayList<>();
        MemorySegment entry = descriptor.allocate(64);
        for (int i = 0; i < MOST_ENTRIES; i++) {
            entry.fill((byte) 0);
            entry.set(JAVA_INT, 0, i);
            entry.set(JAVA_INT, 4, CAPTURE);
            if (descriptor.tryCall(ENUM_FMT, entry) != 0) {
                break;
            }
            Coding coding = Coding.of(entry.get(JAVA_INT, 44));
            if (coding != null) {
                addSizes(coding, modes);
            }
        }
        return modes;
    }

    private void addSizes(Coding coding, List<Mode> modes) {
        MemorySegment size = descriptor.allocate(44);
        int before = modes.size();
        for (int i = 0; i < MOST_ENTRIES; i++) {
            size.fill((byte) 0);
            size.set(JAVA_INT, 0, i);
            size.set(JAVA_INT, 4, coding.code);
            if (descriptor.tryCall(ENUM_FRAMESIZES, size) != 0) {
                break;
            }
            int width = size.get(JAVA_INT, 12);
            int height = size.get(JAVA_INT, 16);
            if (size.get(JAVA_INT, 8) == DISCRETE) {
                modes.add(new Mode(coding, width, height, false, rates(coding, width, height)));
                continue;
            }
            int mostWidth = size.get(JAVA_INT, 16);
            int leastHeight = size.get(JAVA_INT, 24);
            int mostHeight = size.get(JAVA_INT, 28);
            for (int[] each : COMMON) {
                if (each[0] >= width && each[0] <= mostWidth && each[1] >= leastHeight && each[1] <= mostHeight) {
                    modes.add(new Mode(coding, each[0], each[1], true, rates(coding, each[0], each[1])));
                }
            }
            break;
        }
        if (modes.size() == before) {
            // it lists no sizes: what it is set to, or whatever it can be set to
            MemorySegment format = descriptor.allocate(208);
            format.set(JAVA_INT, 0, CAPTURE);
            if (descriptor.tryCall(G_FMT, format) == 0) {
                modes.add(new Mode(coding, format.get(JAVA_INT, 8), format.get(JAVA_INT, 12), true, List.of()));
            }
        }
    }

    private List<Rational> rates(Coding coding, int width, int height) {
        List<Rational> rates = new ArrayList<>();
        MemorySegment interval = descriptor.allocate(52);
        for (int i = 0; i < MOST_ENTRIES; i++) {
            interval.fill((byte) 0);
            interval.set(JAVA_INT, 0, i);
            interval.set(JAVA_INT, 4, coding.code);
            interval.set(JAVA_INT, 8, width);
            interval.set(JAVA_INT, 12, height);
            if (descriptor.tryCall(ENUM_FRAMEINTERVALS, interval) != 0) {
                break;
            }
            add(rates, interval, 20);
            if (interval.get(JAVA_INT, 16) != DISCRETE) {
                add(rates, interval, 28);
                break;
            }
        }
        rates.sort(Comparator.comparingDouble(Rational::value).reversed());
        return rates;
    }

    /** The rate of an interval at an offset. */
    private static void add(List<Rational> rates, MemorySegment from, long offset) {
        int num = from.get(JAVA_INT, offset);
        int den = from.get(JAVA_INT, offset + 4);
        if (num > 0 && den > 0) {
            rates.add(new Rational(num, den).inverse());
        }
    }

    /** Sets a camera; null when it takes another coding than asked. The device may change the size. */
    public @Nullable Layout capture(Coding coding, int width, int height) throws Refusal {
        return set(CAPTURE, coding, width, height);
    }

    /** Sets an output; null when it takes another coding than asked. The device may change the size. */
    public @Nullable Layout output(Coding coding, int width, int height) throws Refusal {
        return set(OUTPUT, coding, width, height);
    }

    private @Nullable Layout set(int type, Coding coding, int width, int height) throws Refusal {
        MemorySegment format = descriptor.allocate(208);
        format.set(JAVA_INT, 0, type);
        format.set(JAVA_INT, 8, width);
        format.set(JAVA_INT, 12, height);
        format.set(JAVA_INT, 16, coding.code);
        // progressive
        format.set(JAVA_INT, 20, 1);
        descriptor.call("VIDIOC_S_FMT", S_FMT, format);
        return format.get(JAVA_INT, 16) == coding.code ? layout(format) : null;
    }

    private static @Nullable Layout layout(MemorySegment format) {
        Coding coding = Coding.of(format.get(JAVA_INT, 16));
        return coding == null
                ? null
                : new Layout(
                        coding,
                        format.get(JAVA_INT, 8),
                        format.get(JAVA_INT, 12),
                        format.get(JAVA_INT, 24),
                        format.get(JAVA_INT, 28),
                        Layout.color(format.get(JAVA_INT, 32), format.get(JAVA_INT, 44), format.get(JAVA_INT, 48)));
    }

    /** Asks a camera for a rate; the one that it will keep, or null when it does not say. */
    public @Nullable Rational captureRate(@Nullable Rational wanted) {
        return rate(CAPTURE, wanted);
    }

    /** Tells an output at which rate pictures come. */
    public @Nullable Rational outputRate(Rational wanted) {
        return rate(OUTPUT, wanted);
    }

    private @Nullable Rational rate(int type, @Nullable Rational wanted) {
        MemorySegment parameters = descriptor.allocate(204);
        parameters.set(JAVA_INT, 0, type);
        if (wanted != null && wanted.num() > 0) {
            parameters.set(JAVA_INT, 12, wanted.den());
            parameters.set(JAVA_INT, 16, wanted.num());
            if (descriptor.tryCall(S_PARM, parameters) != 0) {
                return null;
            }
        } else if (descriptor.tryCall(G_PARM, parameters) != 0) {
            return null;
        }
        List<Rational> rates = new ArrayList<>();
        add(rates, parameters, 12);
        return rates.isEmpty() ? null : rates.getFirst();
    }

    /** Memory that is freed with the device. */
    public MemorySegment allocate(long bytes) {
        return descriptor.allocate(bytes);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
