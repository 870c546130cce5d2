package dev.handsover.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.handsover.segment.ModelCard;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What flags mean that every run of frames takes. */
class StreamOptionsTest {
    private static final int LIVE = ModelCard.find("hands").input().live();

    private static int pixelsOfProcess(String... arguments) {
        ProcessCommand command = new ProcessCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.settings().model().pixels();
    }

    @Test
    void theNetworkSeesLessWhereFramesDoNotWait() {
        assertEquals(0, pixelsOfProcess("lesson.mp4", "null:"));
        assertEquals(LIVE, pixelsOfProcess("webcam", "null:"));
        assertEquals(9216, pixelsOfProcess("webcam", "null:", "--model-pixels", "9216"));
        LiveCommand live = new LiveCommand();
        new CommandLine(live).parseArgs("--source", "pattern:hands", "--output", "null:", "--no-window");
        assertEquals(LIVE, live.settings().model().pixels());
    }
}
