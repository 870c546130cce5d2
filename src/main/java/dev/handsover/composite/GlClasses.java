package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link ClassColors} on the graphics device. */
final class GlClasses {
    private static final int CLASSES = 256;
    private final GlPasses passes;
    private final GlPlane[] palettes = new GlPlane[3];

    GlClasses(GlPasses passes, PictureFormat canvas) {
        this.passes = passes;
        try (Arena arena = Arena.ofConfined()) {
            for (int plane = 0; plane < 3; plane++) {
                MemorySegment codes = arena.allocate(CLASSES);
                for (int i = 0; i < CLASSES; i++) {
                    int rgb = ClassColors.color(i);
                    double[] yuv = canvas.color()
                            .toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
                    codes.set(ValueLayout.JAVA_BYTE, i, (byte) Math.round(yuv[plane]));
                }
                palettes[plane] = passes.plane(CLASSES, 1, Kind.CODE);
                palettes[plane].upload(codes.address(), CLASSES);
            }
        }
    }

    /** @param cells the class of each cell */
    void draw(GlPlane cells, GlPlane[] to) {
        for (int plane = 0; plane < 3; plane++) {
            passes.pass("classes")
                    .with("classes", cells)
                    .with("palette", palettes[plane])
                    .with("target_size", to[plane].width, to[plane].height)
                    .draw(to[plane]);
        }
    }
}
