package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import org.joml.Matrix3d;
import org.joml.Matrix3dc;

/**
 * The hands in canvas space: three planes of codes with two planes of alpha (docs/compositing.md, section 1). Where the
 * canvas shows the frame pixel for pixel the planes are the frame's own.
 */
final class HandsLayer {
    private final BlendKernels kernels;
    private final PictureFormat frames;
    private final PictureFormat canvas;
    private final Warp warp;
    private final boolean identity;
    private final Plane frameAlpha;
    private final Plane alpha;
    private final Plane chromaAlpha;
    private final Plane[] warped = new Plane[3];
    private final Arena arena;
    private Grid grid;
    private float scale = 255;
    private Frame frame;

    HandsLayer(
            BlendKernels kernels,
            PictureFormat frames,
            PictureFormat canvas,
            Look look,
            Frame placeholder,
            Arena arena) {
        this.kernels = kernels;
        this.frames = frames;
        this.canvas = canvas;
        this.arena = arena;
        Matrix3dc map = look.canvasToFrame(frames, canvas);
        this.warp = new Warp(map, arena);
        this.identity = map.equals(new Matrix3d(), 1e-9)
                && frames.width() == canvas.width()
                && frames.height() == canvas.height();
        this.frameAlpha = new Plane(frames.width(), frames.height(), arena);
        this.alpha = identity ? frameAlpha : new Plane(canvas.width(), canvas.height(), arena);
        boolean full = canvas.chroma() == PictureFormat.Chroma.C444;
        this.chromaAlpha = full ? alpha : new Plane(canvas.planeWidth(1), canvas.planeHeight(1), arena);
        this.frame = placeholder;
        this.grid = new Grid(frames.width(), frames.height(), 1, 1, arena);
        if (!identity) {
            for (int plane = 0; plane < 3; plane++) {
                warped[plane] = new Plane(canvas.planeWidth(plane), canvas.planeHeight(plane), arena);
            }
        }
    }

    /** True when the layer is the frame and bands may be drawn one by one. */
    boolean identity() {
        return identity;
    }

    /** Takes the next frame; its alphas are made by {@link #band} or {@link #all}. */
    void load(Frame next, Matte matte) {
        frame = next;
        scale = Grid.scale(matte);
        if (grid.cellsX != matte.width() || grid.cellsY != matte.height()) {
            grid = new Grid(frames.width(), frames.height(), matte.width(), matte.height(), arena);
        }
        grid.load(matte, kernels);
    }

    /** Makes alpha and chroma alpha of canvas rows {@code y0 … y0 + rows}, an even start; for an identity only. */
    void band(int y0, int rows) {
        kernels.alpha(
                frame.address(Frame.Y),
                frame.stride(Frame.Y),
                grid,
                y0,
                rows,
                scale,
                frameAlpha.address,
                frameAlpha.stride);
        if (chromaAlpha != alpha) {
            halve(y0 / 2, (rows + 1) / 2);
        }
    }

    private void halve(int y0, int rows) {
        kernels.halve(
                alpha.address,
                alpha.stride,
                alpha.width,
                alpha.height,
                y0,
                rows,
                chromaAlpha.address,
                chromaAlpha.stride);
    }

    /** Makes the whole layer. */
    void all() {
        kernels.alpha(
                frame.address(Frame.Y),
                frame.stride(Frame.Y),
                grid,
                0,
                frames.height(),
                scale,
                frameAlpha.address,
                frameAlpha.stride);
        if (!identity) {
            SceneKernels scene = kernels.scene();
            for (int plane = 0; plane < 3; plane++) {
                scene.warp(
                        frame.address(plane),
                        frame.stride(plane),
                        frames.planeWidth(plane),
                        frames.planeHeight(plane),
                        warp,
                        warped[plane],
                        false);
            }
            scene.warp(frameAlpha.address, frameAlpha.stride, frames.width(), frames.height(), warp, alpha, true);
        }
        if (chromaAlpha != alpha) {
            halve(0, chromaAlpha.height);
        }
    }

    long address(int plane) {
        return identity ? frame.address(plane) : warped[plane].address;
    }

    int stride(int plane) {
        return identity ? frame.stride(plane) : warped[plane].stride;
    }

    /** Alpha for a plane's samples. */
    Plane alphaOf(int plane) {
        return plane == 1 || plane == 2 ? chromaAlpha : alpha;
    }

    PictureFormat canvas() {
        return canvas;
    }
}
