package dev.handsover.v4l2;

import java.io.IOException;

/** The kernel said no to a call on a device. */
public final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private static final int NO_ENTRY = 2;
    private static final int INPUT_OUTPUT = 5;
    private static final int NO_ADDRESS = 6;
    private static final int NO_ACCESS = 13;
    private static final int NOT_PERMITTED = 1;
    private static final int BUSY = 16;
    private static final int NO_DEVICE = 19;
    private static final int INVALID = 22;
    private static final int NO_SPACE = 28;
    private static final int NOT_TYPEWRITER = 25;

    private final String call;
    private final int errno;

    Refusal(String call, int errno) {
        super(call + ": " + words(errno));
        this.call = call;
        this.errno = errno;
    }

    /** What was asked: {@code open}, {@code VIDIOC_S_FMT} … */
    public String call() {
        return call;
    }

    /** Somebody else uses the device. */
    public boolean busy() {
        return errno == BUSY;
    }

    /** This user may not open it. */
    public boolean forbidden() {
        return errno == NO_ACCESS || errno == NOT_PERMITTED;
    }

    /** It is not there, or not any more. */
    public boolean gone() {
        return errno == NO_ENTRY || errno == NO_DEVICE || errno == NO_ADDRESS;
    }

    /** Why, in a few words that fit after "because". */
    public String reason() {
        return words(errno);
    }

    private static String words(int errno) {
        return switch (errno) {
            case NO_ENTRY -> "it is not there";
            case NO_DEVICE, NO_ADDRESS -> "it was unplugged";
            case NO_ACCESS, NOT_PERMITTED -> "it may not be opened";
            case BUSY -> "it is in use";
            case INPUT_OUTPUT -> "its driver reports an error";
            case INVALID -> "it does not support this";
            case NO_SPACE -> "its bus has no room for this rate";
            case NOT_TYPEWRITER -> "it is not a video device";
            default -> "error " + errno;
        };
    }
}
