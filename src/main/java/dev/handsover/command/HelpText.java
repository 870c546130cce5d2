package dev.handsover.command;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** How help is set: as wide as is good to read, numbers as people write them, no word in two. */
final class HelpText {
    /** Signs within a word, after which the library would break a line. */
    private static final Pattern INNER = Pattern.compile("[:/().|](?=\\S)");

    private static final char LETTERS = 0xE000;
    /** Columns of help where the terminal is wide enough, and of tables. */
    static final int WIDTH = 100;

    private static final int NARROWEST = 60;

    private HelpText() {}

    /** To be called once for each command, before its help is asked for. */
    static void prepare(CommandLine command) {
        plainDefaults(command.getCommandSpec());
        wholeWords(command);
    }

    /** Help is as wide as the terminal, where that is narrower than is good to read. */
    static void fit(CommandLine commands) {
        commands.setUsageHelpAutoWidth(true);
        int terminal = commands.getUsageHelpWidth();
        commands.setUsageHelpAutoWidth(false);
        commands.setUsageHelpWidth(Math.clamp(terminal, NARROWEST, WIDTH));
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

    /**
     * Help is broken between words alone; the library's rule breaks {@code out_%05d.png} and {@code http(s)://} in two. Its
     * signs at which it breaks are letters (of the private use) while help is laid out, and signs again when it is printed.
     */
    private static void wholeWords(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        for (OptionSpec option : List.copyOf(spec.options())) {
            spec.remove(option);
            spec.addOption(OptionSpec.builder(option)
                    .description(closed(option.description()))
                    .build());
        }
        for (PositionalParamSpec place : List.copyOf(spec.positionalParameters())) {
            spec.remove(place);
            spec.addPositional(PositionalParamSpec.builder(place)
                    .description(closed(place.description()))
                    .build());
        }
        command.getHelpSectionMap().replaceAll((_, section) -> help -> open(section.render(help)));
    }

    private static String[] closed(String[] lines) {
        return Arrays.stream(lines).map(HelpText::closed).toArray(String[]::new);
    }

    private static String closed(String line) {
        return INNER.matcher(line.replace("%%", "%").replace('%', letter('%')))
                .replaceAll(found -> String.valueOf(letter(found.group().charAt(0))));
    }

    private static char letter(char sign) {
        return (char) (LETTERS + sign);
    }

    /** A text of help as it is meant to be read. */
    static String open(String text) {
        return text.chars()
                .map(c -> c >= LETTERS && c < LETTERS + 128 ? c - LETTERS : c)
                .collect(StringBuilder::new, (all, c) -> all.append((char) c), StringBuilder::append)
                .toString();
    }

    /** A number without exponent and useless zeros. */
    static String plain(Float number) {
        return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }
}
