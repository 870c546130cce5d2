package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Hands packets of sound on by reference, their time stamps moved to the frames' clock. Packets are pooled and grow in number
 * only as far as sound runs ahead of the pictures. Offering is for the reader's thread, closing for any.
 */
final class SoundRelay implements AutoCloseable {
    private final ConcurrentLinkedQueue<Loan> free = new ConcurrentLinkedQueue<>();
    private final List<Loan> all = new ArrayList<>();
    private Consumer<SoundPacket> consumer = SoundPacket::close;

    private final class Loan implements SoundPacket {
        final AVPacket packet = av_packet_alloc();
        private int track;
        private long timeNanos;

        @Override
        public int track() {
            return track;
        }

        @Override
        public long timeNanos() {
            return timeNanos;
        }

        @Override
        public long address() {
            return packet.address();
        }

        @Override
        public void close() {
            av_packet_unref(packet);
            free.add(this);
        }
    }

    void consumer(Consumer<SoundPacket> taker) {
        consumer = taker;
    }

    /**
     * Takes the packet's reference over.
     *
     * @param originNanos the source's time that is the frames' time 0
     * @param endNanos packets from there on, on the frames' clock, are dropped
     */
    void offer(AVPacket packet, SoundTrack track, long originNanos, long endNanos) {
        Rational base = track.timeBase();
        long shift = base.toTicks(originNanos);
        long pts = packet.pts() == AV_NOPTS_VALUE ? packet.dts() : packet.pts();
        if (pts == AV_NOPTS_VALUE) {
            av_packet_unref(packet);
            return;
        }
        long from = base.toNanos(pts - shift);
        long until = base.toNanos(pts - shift + packet.duration());
        // sound that a codec needs to get going may lie before time 0, but not when the start was cut
        if (from >= endNanos || until <= 0 && originNanos > 0) {
            av_packet_unref(packet);
            return;
        }
        Loan loan = free.poll();
        if (loan == null) {
            loan = new Loan();
            all.add(loan);
        }
        av_packet_move_ref(loan.packet, packet);
        loan.packet.pts(pts - shift);
        loan.packet.dts(loan.packet.dts() == AV_NOPTS_VALUE ? pts - shift : loan.packet.dts() - shift);
        loan.track = track.index();
        loan.timeNanos = from;
        consumer.accept(loan);
    }

    /** Frees all packets; every one must have been closed. */
    @Override
    public void close() {
        for (Loan loan : all) {
            av_packet_free(loan.packet);
        }
        all.clear();
        free.clear();
    }
}
