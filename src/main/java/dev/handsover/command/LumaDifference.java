package dev.handsover.command;

import dev.handsover.frame.Frame;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** How far the luma of pictures, as they come, is from that of pictures kept before. Owner thread: the one that gives them. */
final class LumaDifference implements Consumer<Frame> {
    private final List<byte[]> wanted;
    private int at;
    private int most;
    private double sum;
    private long count;

    /** @param wanted the luma planes of the pictures to come, in their order */
    LumaDifference(List<byte[]> wanted) {
        this.wanted = wanted;
    }

    static byte[] luma(Frame picture) {
        return picture.plane(Frame.Y).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void accept(Frame picture) {
        byte[] given = luma(picture);
        byte[] other = wanted.get(at++);
        for (int i = 0; i < Math.min(given.length, other.length); i++) {
            int apart = Math.abs((given[i] & 0xFF) - (other[i] & 0xFF));
            most = Math.max(most, apart);
            sum += apart;
            count++;
        }
    }

    /** The largest, in codes. */
    int most() {
        return most;
    }

    /** In codes; 0 before the first picture. */
    double mean() {
        return count == 0 ? 0 : sum / count;
    }
}
