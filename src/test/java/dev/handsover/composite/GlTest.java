package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class GlTest {
    @Test
    void twoHundredCompositorsLeaveNothingBehind() throws InterruptedException {
        PictureFormat format = PictureFormat.i420(64, 36, ColorSpec.assumedFor(36));
        int before = GlCount.alive();
        try (Arena arena = Arena.ofConfined();
                FramePool pool = new FramePool(format, 2)) {
            Frame frame = pool.take();
            Frame picture = pool.take();
            Looks.paint(frame, 1);
            for (int i = 0; i < 200; i++) {
                Look look = Looks.look(i % 2 == 0 ? new Look.Background.Blur(20) : new Look.Background.Pixelate(16));
                try (GlCompositor compositor = new GlCompositor(format, format, look, Layers.NONE)) {
                    compositor.compose(frame, Looks.matte(arena, 1), Looks.mask(arena), picture);
                    assertTrue(GlCount.alive() > before);
                }
            }
        }
        assertEquals(before, GlCount.alive());
    }

    @Test
    void mattesOfChangingSizeLeaveNothingBehind() throws InterruptedException {
        PictureFormat format = PictureFormat.i420(64, 36, ColorSpec.assumedFor(36));
        try (Arena arena = Arena.ofConfined();
                FramePool pool = new FramePool(format, 2);
                GlCompositor compositor = new GlCompositor(
                        format, format, Looks.look(new Look.Background.Color(0x204060)), Layers.NONE)) {
            Frame frame = pool.take();
            Frame picture = pool.take();
            Looks.paint(frame, 1);
            Matte whole = Looks.matte(arena, 1);
            Matte part = new Matte(8, 8, whole.a(), whole.b(), 1);
            compositor.compose(frame, whole, Looks.mask(arena), picture);
            int before = GlCount.alive();
            for (int i = 0; i < 50; i++) {
                compositor.compose(frame, i % 2 == 0 ? part : whole, Looks.mask(arena), picture);
            }
            assertEquals(before, GlCount.alive());
        }
    }

    @Test
    void aShaderErrorNamesFileLineAndText() {
        try (GlContext context = GlContext.open()) {
            assertTrue(context.name().contains("OpenGL"));
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> new GlProgram("broken", file -> switch (file) {
                                case "full.vert" -> "#version 330 core\nvoid main() { gl_Position = vec4(0.0); }\n";
                                case "good.glsl" -> "float half_of(float x) {\n    return x * wrong;\n}\n";
                                default ->
                                    "#version 330 core\n#include \"good.glsl\"\nout vec4 r;\nvoid main() { r = vec4(1.0); }\n";
                            })
                            .close());
            String said = String.valueOf(thrown.getMessage());
            assertTrue(said.startsWith("shaders/good.glsl:2:"), said);
            assertTrue(said.contains("return x * wrong;"), said);
        }
    }
}
