package dev.handsover.profile;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Our own events in a flight recording, beside the Java machine's: each is told when its time has ended. */
final class Flight {
    private Flight() {}

    /** A frame's time in one stage. */
    @Name("handsover.Stage")
    @Label("Stage")
    @Category("Handsover")
    @StackTrace(false)
    static final class StageEvent extends Event {
        @Label("Stage")
        String stage = "";

        @Label("Frame")
        long frame;

        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        long took;
    }

    /** A frame's whole time in the engine. */
    @Name("handsover.Frame")
    @Label("Frame")
    @Category("Handsover")
    @StackTrace(false)
    static final class FrameEvent extends Event {
        @Label("Frame")
        long frame;

        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        long took;
    }

    static void tell(Stage stage, long frame, long nanos) {
        StageEvent event = new StageEvent();
        if (event.shouldCommit()) {
            event.stage = stage.label();
            event.frame = frame;
            event.took = nanos;
            event.commit();
        }
        if (stage == Stage.ENGINE) {
            FrameEvent whole = new FrameEvent();
            if (whole.shouldCommit()) {
                whole.frame = frame;
                whole.took = nanos;
                whole.commit();
            }
        }
    }
}
