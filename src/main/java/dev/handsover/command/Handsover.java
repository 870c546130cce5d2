package dev.handsover.command;

import dev.handsover.frame.Failure;
import dev.handsover.segment.UserCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program's commands, and what becomes of what they throw. */
@Command(
        name = "handsover",
        description = "Keeps a person's hands in video and replaces everything else.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ProcessCommand.class,
            LiveCommand.class,
            DemoCommand.class,
            ModelsCommand.class,
            CamerasCommand.class,
            EvalCommand.class,
            ProfileCommand.class,
            DoctorCommand.class,
            GpuCheckCommand.class,
            ConfigCommand.class,
            CompletionCommand.class
        },
        footerHeading = "%nExit codes:%n",
        footer = "  0 done, 1 a bug (its log is named), 2 usage, 3 input, 4 model, 5 device, 6 output, 130 interrupted")
public final class Handsover implements Runnable {
    private static final int BUG = 1;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do, e.g. handsover demo.");
    }

    /** Runs one command line; the exit code. */
    public static int run(String... arguments) {
        CommandLine commands = build();
        commands.setExecutionStrategy(parsed -> new CommandLine.RunLast().execute(parsed));
        try {
            commands.setDefaultValueProvider(ConfigFile.read(configArgument(arguments), commands));
        } catch (Failure e) {
            return tell(e);
        }
        try {
            return commands.execute(arguments);
        } catch (Error e) {
            // picocli hands over exceptions only
            return failed(e, arguments);
        }
    }

    static CommandLine build() {
        CommandLine commands = new CommandLine(new Handsover());
        for (CommandLine each : commands.getSubcommands().values()) {
            plainDefaults(each.getCommandSpec());
            each.getCommandSpec().usageMessage().abbreviateSynopsis(true);
            each.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Shows this.")
                            .build());
        }
        commands.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this; after a command, that command's.")
                        .build());
        commands.getCommandSpec()
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Shows the program's and its native libraries' versions.")
                        .build());
        commands.getCommandSpec().versionProvider(new Versions());
        commands.setUsageHelpWidth(100);
        commands.setUsageHelpLongOptionsMaxWidth(36);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setParameterExceptionHandler(Handsover::misused);
        commands.setExecutionExceptionHandler((thrown, command, parsed) ->
                failed(thrown, parsed.originalArgs().toArray(String[]::new)));
        return commands;
    }

    /** Defaults that are numbers in the code are shown as people write them: 0.0005, not 5.0E-4. */
    private static void plainDefaults(CommandSpec command) {
        // all are taken out and put back, since their order is that of the settings file
        for (OptionSpec option : List.copyOf(command.options())) {
            command.remove(option);
            if (option.initialValue() instanceof Float number && option.defaultValue() == null) {
                String plain = plain(number);
                String[] lines = Arrays.stream(option.description())
                        .map(line -> line.replace("Default: " + number, "Default: " + plain))
                        .toArray(String[]::new);
                command.addOption(OptionSpec.builder(option).description(lines).build());
            } else {
                command.addOption(option);
            }
        }
    }

    /** A number without exponent and useless zeros. */
    static String plain(Float number) {
        return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }

    /** The file after {@code --config}, read before all other flags since it gives their defaults. */
    private static @org.jspecify.annotations.Nullable Path configArgument(String[] arguments) {
        List<String> words = List.of(arguments);
        for (String word : words) {
            if (word.startsWith("--config=")) {
                return Path.of(word.substring("--config=".length()));
            }
        }
        int at = words.indexOf("--config");
        return at >= 0 && at + 1 < words.size() ? Path.of(words.get(at + 1)) : null;
    }

    private static int misused(ParameterException e, String[] arguments) {
        if (e.getCause() instanceof Failure failure) {
            return tell(failure);
        }
        PrintWriter err = e.getCommandLine().getErr();
        if (e instanceof UnmatchedArgumentException unmatched
                && unmatched.getUnmatched().getFirst().startsWith("--")) {
            String word = unmatched.getUnmatched().getFirst();
            List<String> known = e.getCommandLine().getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .toList();
            err.println("There is no option " + word + ConfigFile.suggestion(word, known));
            err.flush();
            return Failure.Kind.USAGE.exitCode();
        }
        err.println(e.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("handsover "
                    + (e.getCommandLine().getParent() == null
                            ? ""
                            : e.getCommandLine().getCommandName() + " ")
                    + "--help shows what there is.");
        }
        err.flush();
        return Failure.Kind.USAGE.exitCode();
    }

    private static int failed(Throwable thrown, String[] arguments) {
        if (thrown instanceof Failure failure) {
            return tell(failure);
        }
        System.err.println("This is a bug in Handsover: " + thrown + ".");
        try {
            System.err.println("Its trace is in " + log(thrown, arguments) + "; please report it with that file.");
        } catch (IOException e) {
            System.err.println("The trace could not be written: " + e.getMessage() + ".");
        }
        return BUG;
    }

    private static Path log(Throwable thrown, String[] arguments) throws IOException {
        Path folder = UserCache.folder().resolve("log");
        Files.createDirectories(folder);
        Path file = folder.resolve("bug-"
                + LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")) + "-"
                + ProcessHandle.current().pid() + ".log");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            out.println("handsover " + String.join(" ", arguments));
            for (String line : new Versions().getVersion()) {
                out.println(line);
            }
            thrown.printStackTrace(out);
        }
        return file;
    }

    private static int tell(Failure failure) {
        System.err.println(failure.sentence());
        return failure.kind().exitCode();
    }

    /** Used by the completion command. */
    static String bashCompletion() {
        return AutoComplete.bash("handsover", build());
    }
}
