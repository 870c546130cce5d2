package dev.handsover.command;

import dev.handsover.frame.Failure;
import dev.handsover.segment.UserCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
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
    public static int run(String... words) {
        String[] arguments = helped(words);
        CommandLine commands = build();
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            HelpText.fit(commands);
        }
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

    /** {@code help} and {@code help live} are what many try first: they mean {@code --help} and {@code live --help}. */
    private static String[] helped(String[] words) {
        if (words.length == 0 || !words[0].equals("help")) {
            return words;
        }
        return words.length == 1 ? new String[] {"--help"} : new String[] {words[1], "--help"};
    }

    static CommandLine build() {
        CommandLine commands = new CommandLine(new Handsover());
        for (CommandLine each : commands.getSubcommands().values()) {
            HelpText.prepare(each);
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
        commands.setUsageHelpWidth(HelpText.WIDTH);
        commands.setUsageHelpLongOptionsMaxWidth(36);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setParameterExceptionHandler(Handsover::misused);
        commands.setExecutionExceptionHandler((thrown, command, parsed) -> {
            String[] arguments = parsed.originalArgs().toArray(String[]::new);
            return thrown instanceof Failure failure ? tell(failure, command, arguments) : failed(thrown, arguments);
        });
        return commands;
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
        CommandLine command = e.getCommandLine();
        if (e.getCause() instanceof Failure failure) {
            return tell(failure, command, arguments);
        }
        PrintWriter err = command.getErr();
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().getFirst();
            if (word.startsWith("--")) {
                return tell(Failure.usage(noOption(word, command)));
            }
            if (command.getParent() == null) {
                String meant =
                        ConfigFile.suggestion(word, command.getSubcommands().keySet());
                err.println("There is no command \"" + word + "\"" + meant);
            } else {
                err.println("\"" + word + "\" is one word too many.");
            }
        } else if (e.getArgSpec() instanceof OptionSpec option && e.getValue() != null) {
            return tell(Failure.usage(notTaken(option, e.getValue())), command, arguments);
        } else {
            err.println(e.getMessage());
        }
        String name = command.getParent() == null ? "" : command.getCommandName() + " ";
        err.println("handsover " + name + "--help shows what there is.");
        err.flush();
        return Failure.Kind.USAGE.exitCode();
    }

    /** What is said of a flag that the command does not have: which other has it, or which may be meant. */
    private static String noOption(String word, CommandLine command) {
        String flag = word.replaceFirst("=.*", "");
        CommandLine root = command.getParent() == null ? command : command.getParent();
        List<String> having = root.getSubcommands().entrySet().stream()
                .filter(each -> each.getValue().getCommandSpec().findOption(flag) != null)
                .map(Map.Entry::getKey)
                .toList();
        if (command != root && !having.isEmpty()) {
            return command.getCommandName() + " has no option " + flag + "; " + String.join(" and ", having)
                    + (having.size() == 1 ? " has it." : " have it.");
        }
        List<String> known = command.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
        return "There is no option " + flag + ConfigFile.suggestion(flag, known);
    }

    /** What is said of a word that is not of a flag's kind. */
    private static String notTaken(OptionSpec option, String value) {
        Class<?> type = option.type();
        String kind = type == int.class || type == long.class
                ? "a whole number"
                : type == float.class ? "a number" : type == boolean.class ? "true or false" : "another value";
        return option.longestName() + " takes " + kind + ", not \"" + value + "\".";
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

    /** A usage failure whose flag stands in a settings file names the file. */
    private static int tell(Failure failure, CommandLine command, String[] arguments) {
        if (failure.kind() == Failure.Kind.USAGE && command.getDefaultValueProvider() instanceof ConfigFile file) {
            ConfigFile.Entry entry = file.blamed(failure.sentence(), List.of(arguments));
            if (entry != null) {
                return tell(Failure.usage("In " + entry.place() + ": " + failure.sentence()));
            }
        }
        return tell(failure);
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
