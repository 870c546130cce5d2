package dev.handsover.command;

import dev.handsover.Live;
import dev.handsover.Settings;
import dev.handsover.frame.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Looks at the settings files of a live run a few times a second: an edit is taken up while it runs, as far as look, matte and
 * network go; one that is wrong is told, and the last good settings stay.
 */
final class SettingsWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 300;
    private final List<String> arguments;
    private final List<Path> files;
    private final @Nullable Path chosen;
    private final Live live;
    private final Consumer<String> note;
    private final Thread thread;

    /**
     * @param arguments of the whole command line, which win over the files
     * @param chosen the file after {@code --config}, or null
     * @param note any thread
     */
    SettingsWatch(List<String> arguments, @Nullable Path chosen, Live live, Consumer<String> note) {
        this.arguments = arguments;
        this.chosen = chosen;
        this.files = chosen == null ? List.of(ConfigFile.usersOwn()) : List.of(ConfigFile.usersOwn(), chosen);
        this.live = live;
        this.note = note;
        this.thread = Thread.ofPlatform().daemon().name("settings-watch").start(this::watch);
    }

    private void watch() {
        String known = state();
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
                String now = state();
                if (!now.equals(known)) {
                    known = now;
                    takeUp();
                }
            }
        } catch (InterruptedException e) {
            // close() asks for the end
        }
    }

    /** Changes whenever a file does. */
    private String state() {
        StringBuilder state = new StringBuilder();
        for (Path file : files) {
            try {
                state.append(Files.getLastModifiedTime(file).toMillis())
                        .append(' ')
                        .append(Files.size(file))
                        .append('\n');
            } catch (IOException e) {
                state.append("none\n");
            }
        }
        return state.toString();
    }

    private void takeUp() {
        try {
            Settings next = parse();
            live.change(
                    now -> now.with(next.matte(), next.look(), next.layers()).with(next.model(), next.tuning()));
            note.accept("The edited settings are taken up.");
        } catch (Failure e) {
            note.accept(e.sentence() + " The last good settings stay.");
        } catch (ParameterException e) {
            note.accept(e.getMessage() + ". The last good settings stay.");
        } catch (RuntimeException e) {
            // a bug in one edit must not end the watch over the next
            note.accept("The edited settings were not understood (" + e + "). The last good settings stay.");
        }
    }

    private Settings parse() {
        CommandLine commands = Handsover.build();
        commands.setDefaultValueProvider(ConfigFile.read(chosen, commands));
        CommandLine.ParseResult parsed = commands.parseArgs(arguments.toArray(String[]::new));
        if (parsed.subcommand().commandSpec().userObject() instanceof LiveCommand fresh) {
            return fresh.settings();
        }
        throw new IllegalStateException("another command than live");
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
