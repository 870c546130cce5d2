package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import dev.handsover.frame.Rational;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Keeps the time of a container's packets going when its clock is set anew, as where recordings were joined: all streams are
 * shifted alike from there on, so that sound and pictures keep together.
 */
final class PacketClock {
    /** A step back by more than this is another clock, not a reordered packet; ns. */
    private static final long BACK = 500_000_000L;
    /** A step ahead by more than this is one too, in containers whose clock may jump; ns. */
    private static final long AHEAD = 10_000_000_000L;

    private final boolean jumpy;
    private final Map<Integer, Long> ends = new HashMap<>();
    private long shiftNanos;

    /** @param jumpy the container's clock may jump ahead and mean nothing by it */
    PacketClock(boolean jumpy) {
        this.jumpy = jumpy;
    }

    /** Where the last packet of any stream ends, ns on the container's clock. */
    long end() {
        return ends.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Shifts the packet's time stamps. */
    void mend(AVPacket packet, AVRational streamBase) {
        if (packet.dts() == AV_NOPTS_VALUE || streamBase.den() <= 0 || streamBase.num() <= 0) {
            return;
        }
        Rational base = new Rational(streamBase.num(), streamBase.den());
        long time = base.toNanos(packet.dts()) + shiftNanos;
        Long end = ends.get(packet.stream_index());
        if (end != null && (time < end - BACK || jumpy && time > end + AHEAD)) {
            shiftNanos += end - time;
            time = end;
        }
        ends.put(packet.stream_index(), time + base.toNanos(Math.max(0, packet.duration())));
        if (shiftNanos != 0) {
            long ticks = base.toTicks(shiftNanos);
            packet.dts(packet.dts() + ticks);
            if (packet.pts() != AV_NOPTS_VALUE) {
                packet.pts(packet.pts() + ticks);
            }
        }
    }
}
