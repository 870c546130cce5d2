package dev.handsover.sink;

import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import java.util.function.Consumer;

/** Shows every picture to the program itself. */
final class ProgramSink implements Sink {
    private final String name;
    private final Consumer<Frame> taker;

    ProgramSink(String name, Consumer<Frame> taker) {
        this.name = name;
        this.taker = taker;
    }

    @Override
    public void write(Frame picture) {
        taker.accept(picture);
    }

    @Override
    public void sound(SoundPacket packet) {
        // nobody listens
    }

    @Override
    public void finish() {
        // nothing to complete
    }

    @Override
    public String describe() {
        return name;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
