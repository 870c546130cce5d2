package dev.handsover.composite;

/** Lets tests of other packages hold the objects of OpenGL to account. */
public final class GlObjects {
    private GlObjects() {}

    /** How many are alive in this process. Any thread. */
    public static int alive() {
        return GlCount.alive();
    }
}
