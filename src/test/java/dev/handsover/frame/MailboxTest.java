package dev.handsover.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class MailboxTest {
    private static final PictureFormat FORMAT = PictureFormat.i420(16, 16, ColorSpec.JPEG);
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONG = TimeUnit.SECONDS.toNanos(10);

    private static Frame frame(FramePool pool, int number) throws InterruptedException {
        Frame frame = pool.take();
        frame.stamp(number, number, 1);
        return frame;
    }

    @Test
    void liveKeepsTheNewestAndCountsTheRest() throws InterruptedException {
        try (FramePool pool = new FramePool(FORMAT, 4);
                Mailbox mailbox = Mailbox.live()) {
            for (int i = 0; i < 3; i++) {
                assertTrue(mailbox.put(frame(pool, i)));
            }
            Frame newest = Objects.requireNonNull(mailbox.take(SOON));
            assertEquals(2, newest.sequence());
            assertEquals(2, mailbox.replaced());
            newest.recycle();
            assertEquals(0, pool.out());
        }
    }

    @Test
    void losslessKeepsAllInOrderAndMakesTheProducerWait() throws InterruptedException {
        try (FramePool pool = new FramePool(FORMAT, 40);
                Mailbox mailbox = Mailbox.lossless(2)) {
            Thread producer = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 40; i++) {
                        mailbox.put(frame(pool, i));
                    }
                    mailbox.end(null);
                } catch (InterruptedException e) {
                    mailbox.end(e);
                }
            });
            for (int i = 0; i < 40; i++) {
                Frame next = Objects.requireNonNull(mailbox.take(LONG));
                assertEquals(i, next.sequence());
                assertTrue(pool.out() <= 4, pool.out() + " frames are out");
                next.recycle();
            }
            producer.join();
            assertTrue(mailbox.ended());
            assertNull(mailbox.take(SOON));
        }
    }

    @Test
    void aConsumerThatLeavesLetsTheProducerGo() throws InterruptedException {
        try (FramePool pool = new FramePool(FORMAT, 4)) {
            Mailbox mailbox = Mailbox.lossless(1);
            mailbox.put(frame(pool, 0));
            Thread producer = Thread.ofPlatform().start(() -> {
                try {
                    assertFalse(mailbox.put(frame(pool, 1)));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            mailbox.close();
            producer.join();
            assertEquals(0, pool.out());
        }
    }

    @Test
    void framesAreHeldByCount() throws InterruptedException {
        try (FramePool pool = new FramePool(FORMAT, 1)) {
            Frame frame = pool.take();
            frame.retain();
            frame.recycle();
            assertEquals(1, pool.out());
            frame.recycle();
            assertEquals(0, pool.out());
            assertThrows(IllegalStateException.class, frame::recycle);
        }
    }
}
