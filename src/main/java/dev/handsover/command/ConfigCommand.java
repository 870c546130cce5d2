package dev.handsover.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code config}: the settings of {@code process} as YAML, each with where it comes from. */
@Command(
        name = "config",
        description = {
            "Shows the merged settings of process as YAML: the program's own, then the user's file, then --config.",
            "Redirect it into a file and edit that."
        })
final class ConfigCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings as YAML, on top of the user's own.")
    @Nullable Path config;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        ConfigFile files = ConfigFile.read(config, root);
        PrintWriter out = spec.commandLine().getOut();
        out.println("# your own file: " + ConfigFile.usersOwn());
        for (OptionSpec option : Objects.requireNonNull(root.getSubcommands().get("process"))
                .getCommandSpec()
                .options()) {
            String name = option.longestName().substring(2);
            if (option.usageHelp() || name.equals("config")) {
                continue;
            }
            ConfigFile.Entry entry = files.entry(option);
            String own = own(option);
            String value = entry == null ? own : entry.value();
            String line = value.isEmpty() ? "# " + name + ":" : name + ": " + yaml(value);
            out.println(entry == null ? line : line + "  # " + entry.file());
        }
        out.flush();
        return 0;
    }

    private static String own(OptionSpec option) {
        if (option.defaultValue() != null) {
            return option.defaultValue().equals("-1") ? "" : option.defaultValue();
        }
        Object initial = option.initialValue();
        if (initial instanceof Float number) {
            return HelpText.plain(number);
        }
        return initial == null || initial instanceof Iterable
                ? ""
                : initial.toString().toLowerCase(Locale.ROOT);
    }

    private static String yaml(String value) {
        String[] parts = value.split(ConfigFile.LIST_SEPARATOR, -1);
        return parts.length == 1
                ? quoted(value)
                : "["
                        + String.join(
                                ", ",
                                Arrays.stream(parts).map(ConfigCommand::quoted).toList())
                        + "]";
    }

    /** Words that YAML would read as something else than text, or cut short, stand between quotes. */
    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9_./-]+")
                ? value
                : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
