package dev.handsover.frame;

import org.jspecify.annotations.Nullable;

/**
 * Something that the user can mend: one sentence that says what is wrong and what to do. Only {@code Main} turns it into
 * text and an exit code; anything else that is thrown counts as a bug.
 */
public final class Failure extends RuntimeException {
    /** What failed, and the exit code that tells it to a script. */
    public enum Kind {
        USAGE(2),
        INPUT(3),
        MODEL(4),
        DEVICE(5),
        /** A device does not take this input, and may take the next. */
        REFUSED(5),
        OUTPUT(6);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private static final long serialVersionUID = 1;
    private final Kind kind;

    private Failure(Kind kind, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The sentence, never null. */
    public String sentence() {
        return String.valueOf(getMessage());
    }

    public static Failure usage(String sentence) {
        return new Failure(Kind.USAGE, sentence, null);
    }

    public static Failure input(String sentence) {
        return new Failure(Kind.INPUT, sentence, null);
    }

    public static Failure input(String sentence, Throwable cause) {
        return new Failure(Kind.INPUT, sentence, cause);
    }

    public static Failure model(String sentence) {
        return new Failure(Kind.MODEL, sentence, null);
    }

    public static Failure model(String sentence, Throwable cause) {
        return new Failure(Kind.MODEL, sentence, cause);
    }

    public static Failure device(String sentence) {
        return new Failure(Kind.DEVICE, sentence, null);
    }

    public static Failure refused(String sentence) {
        return new Failure(Kind.REFUSED, sentence, null);
    }

    public static Failure output(String sentence) {
        return new Failure(Kind.OUTPUT, sentence, null);
    }

    public static Failure output(String sentence, Throwable cause) {
        return new Failure(Kind.OUTPUT, sentence, cause);
    }
}
