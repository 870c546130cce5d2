package dev.handsover.command;

import dev.handsover.frame.Failure;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion bash|zsh|fish}: a script for the shell, on standard output. */
@Command(
        name = "completion",
        description = {
            "Prints a completion script for a shell.",
            "bash and zsh: source <(handsover completion bash); fish: handsover completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    String shell = "";

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        switch (shell) {
            case "bash" -> out.print(Handsover.bashCompletion());
            // zsh reads bash's scripts once its own emulation is loaded
            case "zsh" ->
                out.print("autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"
                        + Handsover.bashCompletion());
            case "fish" -> fish(spec.root().commandLine()).forEach(out::println);
            default -> throw Failure.usage("\"" + shell + "\" has no completion script; there are bash, zsh and fish.");
        }
        out.flush();
        return 0;
    }

    private static List<String> fish(CommandLine root) {
        String names = String.join(" ", root.getSubcommands().keySet());
        List<String> lines = new java.util.ArrayList<>();
        root.getSubcommands().forEach((name, command) -> {
            lines.add("complete -c handsover -f -n 'not __fish_seen_subcommand_from " + names + "' -a " + name + " -d '"
                    + plain(command.getCommandSpec().usageMessage().description()) + "'");
            for (OptionSpec option : command.getCommandSpec().options()) {
                lines.add("complete -c handsover -n '__fish_seen_subcommand_from " + name + "' -l "
                        + option.longestName().substring(2) + (option.arity().max() > 0 ? " -r" : "") + " -d '"
                        + plain(option.description()) + "'");
            }
        });
        return lines;
    }

    private static String plain(String[] description) {
        return HelpText.open(List.of(description).stream().limit(1).collect(Collectors.joining()))
                .replace("'", "\\'")
                .replace("${DEFAULT-VALUE}", "");
    }
}
