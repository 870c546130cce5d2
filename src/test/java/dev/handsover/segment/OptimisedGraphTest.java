package dev.handsover.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ONNX Runtime makes of the shipped network, node by node. A change of the network or the library that breaks a fusion
 * shows here at once, and on every machine alike, where a timing would drown in noise.
 */
class OptimisedGraphTest {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_KIND = 4;

    @TempDir
    Path folder;

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
    void everyLimitIsFusedIntoItsConvolution() throws OrtException, IOException {
        Map<String, Integer> counts = counts("hands");
        assertEquals(0, counts.getOrDefault("Clip", 0), counts.toString());
        assertEquals(0, counts.getOrDefault("Add", 0), counts.toString());
        assertEquals(70, counts.getOrDefault("Conv", 0) + counts.getOrDefault("FusedConv", 0), counts.toString());
    }

    /** Kinds of nodes and how many of each. */
    private Map<String, Integer> counts(String name) throws OrtException, IOException {
        ModelCard card = ModelCard.find(name);
        Path optimised = folder.resolve(name + ".onnx");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setSymbolicDimensionValue("batch", 1);
            options.setSymbolicDimensionValue("width", 320);
            options.setSymbolicDimensionValue("height", 192);
            options.setOptimizedModelFilePath(optimised.toString());
            NetworkSegmenter.environment()
                    .createSession(card.file().toString(), options)
                    .close();
        }
        Map<String, Integer> counts = new TreeMap<>();
        fields(ByteBuffer.wrap(Files.readAllBytes(optimised)), (field, graph) -> {
            if (field == MODEL_GRAPH) {
                fields(graph, (part, node) -> {
                    if (part == GRAPH_NODE) {
                        count(node, counts);
                    }
                });
            }
        });
        return counts;
    }

    private static void count(ByteBuffer node, Map<String, Integer> counts) {
        fields(node, (field, text) -> {
            if (field == NODE_KIND) {
                counts.merge(StandardCharsets.UTF_8.decode(text).toString(), 1, Integer::sum);
            }
        });
    }

    /** Tells every block of a protocol buffer's message; numbers are passed over. */
    private static void fields(ByteBuffer message, BiConsumer<Integer, ByteBuffer> block) {
        while (message.hasRemaining()) {
            long tag = varint(message);
            switch ((int) (tag & 7)) {
                case 0 -> varint(message);
                case 1 -> message.position(message.position() + 8);
                case 2 -> {
                    int length = (int) varint(message);
                    block.accept((int) (tag >>> 3), message.slice(message.position(), length));
                    message.position(message.position() + length);
                }
                case 5 -> message.position(message.position() + 4);
                default -> throw new IllegalStateException("no protocol buffer");
            }
        }
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
