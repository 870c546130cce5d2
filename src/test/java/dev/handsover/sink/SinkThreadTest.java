package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.Frame;
import dev.handsover.frame.SharedSound;
import dev.handsover.frame.SoundPacket;
import dev.handsover.profile.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What waits for a sink that stands still: no more than so much, and who gives way. */
class SinkThreadTest {
    private final Stalled sink = new Stalled();
    private final SinkThread thread = new SinkThread(sink, 0, new Latency());
    private final List<Packet> packets = new ArrayList<>();

    /** Stands still at its first packet until it is let go. */
    private static final class Stalled implements Sink {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch letGo = new CountDownLatch(1);
        final List<Long> heard = new ArrayList<>();

        @Override
        public void write(Frame picture) {
            throw new IllegalStateException("here is only sound");
        }

        @Override
        public void sound(SoundPacket packet) {
            reached.countDown();
            try {
                letGo.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            heard.add(packet.timeNanos());
        }

        @Override
        public void finish() {
            // nothing is kept
        }

        @Override
        public String describe() {
            return "stalled";
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private static final class Packet implements SoundPacket {
        private final long number;
        private volatile boolean closed;

        Packet(long number) {
            this.number = number;
        }

        @Override
        public int track() {
            return 0;
        }

        @Override
        public long timeNanos() {
            return number;
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public void close() {
            assertFalse(closed, "closed twice");
            closed = true;
        }
    }

    private SharedSound next() {
        packets.add(new Packet(packets.size()));
        return new SharedSound(packets.getLast());
    }

    /** The thread has taken the first packet, and as many wait as may. */
    private void fill() throws InterruptedException {
        assertTrue(thread.push(next(), 0));
        sink.reached.await();
        for (int i = 0; i < SinkThread.MOST_SOUND; i++) {
            assertTrue(thread.push(next(), 0));
        }
    }

    private void end() throws InterruptedException {
        sink.letGo.countDown();
        thread.end();
        thread.join(() -> false);
        assertNull(thread.failure());
        assertTrue(packets.stream().allMatch(packet -> packet.closed));
    }

    @Test
    void liveTheOldestSoundGivesWayAndIsTold() throws Exception {
        fill();
        for (int i = 0; i < 100; i++) {
            thread.offer(next());
        }
        assertEquals(100, packets.stream().filter(packet -> packet.closed).count());
        end();
        List<Long> wanted = LongStream.concat(LongStream.of(0), LongStream.range(101, SinkThread.MOST_SOUND + 101))
                .boxed()
                .toList();
        assertEquals(wanted, sink.heard);
        assertEquals(List.of("stalled was too slow for 100 packets of sound; they were left out."), thread.notes());
    }

    @Test
    void whoMayLoseNothingWaitsForRoom() throws Exception {
        fill();
        SharedSound more = next();
        assertFalse(thread.push(more, TimeUnit.MILLISECONDS.toNanos(5)));
        assertFalse(packets.getLast().closed, "it is the giver's still");
        sink.letGo.countDown();
        assertTrue(thread.push(more, TimeUnit.MINUTES.toNanos(1)));
        end();
        assertEquals(LongStream.range(0, SinkThread.MOST_SOUND + 2).boxed().toList(), sink.heard);
        assertEquals(List.of(), thread.notes());
    }
}
