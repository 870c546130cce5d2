package dev.handsover.segment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes small ONNX files byte by byte: just enough of the format's protocol buffers for networks of a few nodes. */
final class TinyOnnx {
    static final int FLOAT = 1;
    static final int UINT8 = 2;
    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

    /** A message under construction. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(bytes, (long) field << 3);
            varint(bytes, value);
            return this;
        }

        Message block(int field, byte[] content) {
            varint(bytes, (long) field << 3 | 2);
            varint(bytes, content.length);
            bytes.writeBytes(content);
            return this;
        }

        Message text(int field, String content) {
            return block(field, content.getBytes(StandardCharsets.UTF_8));
        }

        byte[] done() {
            return bytes.toByteArray();
        }
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static byte[] tensorType(String name, int element, long... shape) {
        Message dims = new Message();
        for (long size : shape) {
            Message dim = size > 0 ? new Message().number(1, size) : new Message().text(2, "s" + -size);
            dims.block(1, dim.done());
        }
        Message tensor = new Message().number(1, element).block(2, dims.done());
        return new Message()
                .text(1, name)
                .block(2, new Message().block(1, tensor.done()).done())
                .done();
    }

    /** Sizes of 0 and below are symbols. */
    TinyOnnx input(String name, int element, long... shape) {
        graph.writeBytes(
                new Message().block(11, tensorType(name, element, shape)).done());
        return this;
    }

    TinyOnnx output(String name, long... shape) {
        graph.writeBytes(new Message().block(12, tensorType(name, FLOAT, shape)).done());
        return this;
    }

    TinyOnnx constant(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        Message tensor = new Message();
        for (long size : shape) {
            tensor.number(1, size);
        }
        tensor.number(2, FLOAT).text(8, name).block(9, raw.array());
        graph.writeBytes(new Message().block(5, tensor.done()).done());
        return this;
    }

    /** @param attributes finished attributes, from {@link #whole} and {@link #wholes} */
    TinyOnnx node(String kind, String[] inputs, String output, byte[]... attributes) {
        Message node = new Message();
        for (String each : inputs) {
            node.text(1, each);
        }
        node.text(2, output).text(4, kind);
        for (byte[] each : attributes) {
            node.block(5, each);
        }
        graph.writeBytes(new Message().block(1, node.done()).done());
        return this;
    }

    static byte[] whole(String name, long value) {
        return new Message().text(1, name).number(3, value).number(20, 2).done();
    }

    static byte[] wholes(String name, long... values) {
        Message message = new Message().text(1, name);
        for (long value : values) {
            message.number(8, value);
        }
        return message.number(20, 7).done();
    }

    Path write(Path file) throws IOException {
        Message named = new Message().text(2, "tiny");
        graph.writeBytes(named.done());
        byte[] opset = new Message().text(1, "").number(2, 13).done();
        byte[] model = new Message()
                .number(1, 8)
                .block(7, graph.toByteArray())
                .block(8, opset)
                .done();
        return Files.write(file, model);
    }
}
