package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.handsover.Ff;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams from servers on loopback, also from servers that misbehave. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NetworkTest {
    private static final SourceSpec.Options HASTY =
            new SourceSpec.Options(null, null, 0, null, 1 << 22, Duration.ofSeconds(2), Duration.ofSeconds(2));

    @TempDir
    Path folder;

    private static int frames(String url, SourceSpec.Options options) throws InterruptedException {
        try (Source source = SourceSpec.parse(url).open(options)) {
            source.onSound(SoundPacket::close);
            int count = 0;
            Frame frame;
            while ((frame = source.read()) != null) {
                count++;
                frame.recycle();
            }
            return count;
        }
    }

    private Path clip() {
        Path file = folder.resolve("clip.ts");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-c:v", "libopenh264", file);
        return file;
    }

    @Test
    void overHttp() throws Exception {
        byte[] bytes = Files.readAllBytes(clip());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/clip.ts", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/clip.ts";
            assertEquals(50, frames(url, HASTY));
            Failure missing = assertThrows(Failure.class, () -> frames(url.replace("clip", "other"), HASTY));
            assertEquals(Failure.Kind.INPUT, missing.kind());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            Failure failure = assertThrows(
                    Failure.class, () -> frames("http://127.0.0.1:" + deaf.getLocalPort() + "/x.ts", HASTY));
            assertTrue(System.nanoTime() - start < 10e9, "it took too long");
            assertTrue(failure.sentence().contains("--connect-limit"), failure.sentence());
        }
    }

    @Test
    void aRtspServerThatNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Failure failure = assertThrows(
                    Failure.class, () -> frames("rtsp://127.0.0.1:" + deaf.getLocalPort() + "/live", HASTY));
            assertEquals(Failure.Kind.INPUT, failure.kind());
        }
    }

    @Test
    void aStreamThatStandsStillEndsWithWhatCame() throws Exception {
        byte[] bytes = Files.readAllBytes(clip());
        CountDownLatch done = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread stalling = Thread.ofPlatform().daemon().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read(new byte[4096]);
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    out.write(bytes, 0, bytes.length * 3 / 4);
                    out.flush();
                    done.await(40, TimeUnit.SECONDS);
                } catch (IOException | InterruptedException e) {
                    // the reader has left
                }
            });
            int count = frames("http://127.0.0.1:" + server.getLocalPort() + "/live.ts", HASTY);
            assertTrue(count > 5 && count < 50, count + " frames");
            done.countDown();
            stalling.join(5000);
        }
    }

    @Test
    void overUdp() throws Exception {
        int port;
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        Path file = folder.resolve("long.ts");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=8", "-c:v", "libopenh264", "-g", "5", file);
        Process sender = new ProcessBuilder(
                        Ff.program(),
                        "-v",
                        "quiet",
                        "-nostdin",
                        "-re",
                        "-i",
                        file.toString(),
                        "-c",
                        "copy",
                        "-f",
                        "mpegts",
                        "udp://127.0.0.1:" + port + "?pkt_size=1316")
                .start();
        try {
            SourceSpec.Options some = new SourceSpec.Options(
                    null, null, 20, null, 1 << 22, Duration.ofSeconds(10), Duration.ofSeconds(5));
            assertEquals(20, frames("udp://127.0.0.1:" + port, some));
        } finally {
            sender.destroyForcibly();
        }
    }
}
