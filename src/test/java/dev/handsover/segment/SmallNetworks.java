package dev.handsover.segment;

import java.io.IOException;
import java.nio.file.Path;

/** Networks of a node or two, for tests of other packages. */
public final class SmallNetworks {
    private SmallNetworks() {}

    /** Two classes by logits, 0 and 3·(red − blue); any size. */
    public static Path red(Path file) throws IOException {
        return new TinyOnnx()
                .input("in", TinyOnnx.FLOAT, 1, 3, -1, -2)
                .output("out", 1, 2, -1, -2)
                .constant("weights", new float[] {0, 0, 0, 3, 0, -3}, 2, 3, 1, 1)
                .node("Conv", new String[] {"in", "weights"}, "out")
                .write(file);
    }
}
