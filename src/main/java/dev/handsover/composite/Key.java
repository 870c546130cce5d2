package dev.handsover.composite;

import org.jspecify.annotations.Nullable;
import org.lwjgl.glfw.GLFW;

/** The keys of a keyboard that may mean something here, by what stands on them. */
public enum Key {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
    N,
    O,
    P,
    Q,
    R,
    S,
    T,
    U,
    V,
    W,
    X,
    Y,
    Z,
    LEFT_BRACKET,
    RIGHT_BRACKET,
    MINUS,
    EQUAL,
    SPACE,
    ESCAPE,
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9,
    F10,
    F11,
    F12;

    private static final char LAST_LATIN = 0x24F;

    /** Whether it comes again and again while it is held; the others come once. */
    boolean repeats() {
        return this == LEFT_BRACKET || this == RIGHT_BRACKET || this == MINUS || this == EQUAL;
    }

    /**
     * The key that GLFW means, or null for one without a meaning. The letter of the user's layout counts, so that Q is where
     * the keyboard says Q; signs that the layout has nowhere stay where an American keyboard has them.
     *
     * @param place GLFW's name for the place on an American keyboard
     * @param printed what GLFW says stands on it, or null
     */
    static @Nullable Key of(int place, @Nullable String printed) {
        if (printed != null && printed.length() == 1) {
            Key key = sign(Character.toUpperCase(printed.charAt(0)));
            if (key != null) {
                return key;
            }
        }
        if (place >= GLFW.GLFW_KEY_F1 && place <= GLFW.GLFW_KEY_F12) {
            return valueOf("F" + (1 + place - GLFW.GLFW_KEY_F1));
        }
        if (place >= GLFW.GLFW_KEY_A && place <= GLFW.GLFW_KEY_Z) {
            // a layout without Latin letters; GLFW numbers these places as ASCII does
            return printed == null || printed.charAt(0) > LAST_LATIN ? sign((char) place) : null;
        }
        return switch (place) {
            case GLFW.GLFW_KEY_LEFT_BRACKET -> LEFT_BRACKET;
            case GLFW.GLFW_KEY_RIGHT_BRACKET -> RIGHT_BRACKET;
            case GLFW.GLFW_KEY_MINUS -> MINUS;
            case GLFW.GLFW_KEY_EQUAL -> EQUAL;
            case GLFW.GLFW_KEY_SPACE -> SPACE;
            case GLFW.GLFW_KEY_ESCAPE -> ESCAPE;
            default -> null;
        };
    }

    private static @Nullable Key sign(char sign) {
        return switch (sign) {
            case '[' -> LEFT_BRACKET;
            case ']' -> RIGHT_BRACKET;
            case '-' -> MINUS;
            case '=' -> EQUAL;
            default -> sign >= 'A' && sign <= 'Z' ? valueOf(String.valueOf(sign)) : null;
        };
    }
}
