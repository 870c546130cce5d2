package dev.handsover.composite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of one shader as the driver gets it: included files in their places, and for {@code .cell} files the frame that
 * makes them a compute shader over buffers or a fragment shader over textures. A {@code .cell} file says what it reads and
 * gives in lines of its own and has one function {@code void cell(ivec2 at)}, so that both ways share every formula:
 *
 * <pre>
 *   #reads a b    planes of one float a cell:  float a(ivec2), float a_at(int), ivec2 a_size
 *   #reads4 c     planes of four:              vec4 c(ivec2), vec4 c_at(int), ivec2 c_size
 *   #tensor t     a network's output:          float t(int), elements of 4 or 2 bytes
 *   #gives d      planes that it fills by assigning to d; #gives4 of four
 *   #draws e      the same, but always textures, for fragment shaders to read; #draws4 of four, #draws8 of one byte
 * </pre>
 */
final class GlSource {
    private static final Pattern INCLUDE = Pattern.compile("#include \"([a-z_]+\\.glsl)\"");
    private static final Pattern CELLS =
            Pattern.compile("#(reads|reads4|tensor|gives|gives4|draws|draws4|draws8) (.+)");
    /** Where Mesa, NVIDIA and Apple put the line number: {@code 0:12(3): error}, {@code 0(12) : error}, {@code ERROR: 0:12:}. */
    private static final Pattern PLACE = Pattern.compile("\\b\\d+(?::(\\d+)|\\((\\d+)\\))");

    private final String file;
    private final boolean compute;
    private final UnaryOperator<String> files;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> reads = new ArrayList<>();
    private final List<String> gives = new ArrayList<>();
    private final StringBuilder stores = new StringBuilder();
    private int outputs;

    /** One line of what the compiler sees, and where it was written. */
    private record Line(String file, int number, String text) {}

    /**
     * @param compute how a {@code .cell} file is framed
     * @param files text of a shader by its file name
     */
    GlSource(String file, boolean compute, UnaryOperator<String> files) {
        this.file = file;
        this.compute = compute;
        this.files = files;
        boolean cells = file.endsWith(".cell");
        if (cells) {
            line(0, compute ? "#version 430 core" : "#version 330 core");
            line(0, compute ? "layout(local_size_x = 8, local_size_y = 8) in;" : "");
            line(0, "uniform ivec2 size;");
        }
        take(file);
        if (cells) {
            line(0, "void main() {");
            line(0, "ivec2 at = ivec2(" + (compute ? "gl_GlobalInvocationID.xy" : "gl_FragCoord.xy") + ");");
            line(0, compute ? "if (at.x >= size.x || at.y >= size.y) return;" : "");
            line(0, "cell(at);" + stores + "}");
        }
    }

    /** A shader's text from the program's own files. */
    static String read(String file) {
        try (InputStream in = GlSource.class.getResourceAsStream("/dev/handsover/shaders/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks the shader " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(int number, String text) {
        lines.add(new Line(file, number, text));
    }

    private void take(String from) {
        int number = 0;
        for (String text : files.apply(from).lines().toList()) {
            number++;
            Matcher include = INCLUDE.matcher(text);
            Matcher cells = CELLS.matcher(text);
            if (include.matches()) {
                take(include.group(1));
            } else if (cells.matches()) {
                for (String name : cells.group(2).split(" ")) {
                    lines.add(new Line(from, number, plane(cells.group(1), name)));
                }
            } else {
                lines.add(new Line(from, number, text));
            }
        }
    }

    private String plane(String way, String name) {
        return switch (way) {
            case "reads" -> read(name, "float", ".r");
            case "reads4" -> read(name, "vec4", "");
            case "tensor" -> tensor(name);
            case "gives" -> give(name, "float");
            case "gives4" -> give(name, "vec4");
            case "draws" -> draw(name, "float", "r32f");
            case "draws4" -> draw(name, "vec4", "rgba32f");
            default -> draw(name, "float", "r8");
        };
    }

    private String read(String name, String type, String part) {
        String size = "uniform ivec2 " + name + "_size; ";
        if (!compute) {
            return size + "uniform sampler2D " + name + "_cells; " + type + " " + name
                    + "(ivec2 at) { return texelFetch(" + name + "_cells, at, 0)" + part + "; } " + type + " " + name
                    + "_at(int i) { return " + name + "(ivec2(i % " + name + "_size.x, i / " + name + "_size.x)); }";
        }
        return size + buffer(name, "readonly", type, reads) + type + " " + name + "_at(int i) { return " + name
                + "_cells[i]; } " + type + " " + name + "(ivec2 at) { return " + name + "_cells[at.y * " + name
                + "_size.x + at.x]; }";
    }

    private String tensor(String name) {
        if (!compute) {
            return "uniform ivec2 " + name + "_size; uniform sampler2D " + name + "_cells; float " + name
                    + "(int i) { return texelFetch(" + name + "_cells, ivec2(i % " + name + "_size.x, i / " + name
                    + "_size.x), 0).r; }";
        }
        return "uniform int " + name + "_bytes; " + buffer(name, "readonly", "uint", reads) + "float " + name
                + "(int i) { if (" + name + "_bytes == 4) return uintBitsToFloat(" + name
                + "_cells[i]); vec2 two = unpackHalf2x16(" + name
                + "_cells[i >> 1]); return (i & 1) == 0 ? two.x : two.y; }";
    }

    private String buffer(String name, String access, String type, List<String> known) {
        int binding = reads.size() + gives.size();
        known.add(name);
        return "layout(std430, binding = " + binding + ") " + access + " buffer " + name + "_block { " + type + " "
                + name + "_cells[]; }; ";
    }

    private String give(String name, String type) {
        if (!compute) {
            return fragmentOutput(name, type);
        }
        stores.append(name)
                .append("_cells[at.y * size.x + at.x] = ")
                .append(name)
                .append(";");
        return buffer(name, "writeonly", type, gives) + type + " " + name + ";";
    }

    private String draw(String name, String type, String format) {
        if (!compute) {
            return fragmentOutput(name, type);
        }
        stores.append("imageStore(")
                .append(name)
                .append("_image, at, vec4(")
                .append(name)
                .append("));");
        return "layout(" + format + ", binding = " + outputs++ + ") writeonly uniform image2D " + name + "_image; "
                + type + " " + name + ";";
    }

    private String fragmentOutput(String name, String type) {
        return "layout(location = " + outputs++ + ") out " + type + " " + name + ";";
    }

    /** Names of the buffers of a compute shader in the order of their binding points: what it reads, then what it gives. */
    List<String> buffers() {
        List<String> all = new ArrayList<>(reads);
        all.addAll(gives);
        return all;
    }

    /** How many buffers it only reads. */
    int readCount() {
        return reads.size();
    }

    String text() {
        return String.join("\n", lines.stream().map(Line::text).toList()) + "\n";
    }

    /** The driver's first complaint with the file, the line and the line's text that it means. */
    String explain(String log) {
        String complaint =
                log.lines().filter(each -> !each.isBlank()).findFirst().orElse("no reason given");
        Matcher place = PLACE.matcher(complaint);
        if (place.find()) {
            int number = Integer.parseInt(place.group(1) == null ? place.group(2) : place.group(1));
            if (number >= 1 && number <= lines.size()) {
                Line line = lines.get(number - 1);
                return "shaders/" + line.file() + ":" + line.number() + ": " + complaint + "\n    "
                        + line.text().strip();
            }
        }
        return "shaders/" + file + ": " + complaint;
    }
}
