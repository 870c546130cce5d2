package dev.handsover;

import dev.handsover.command.Handsover;

/** Where the program starts and, alone, ends. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Handsover.run(arguments));
    }
}
