package dev.handsover.command;

import dev.handsover.frame.Failure;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.DuplicateKeyException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings from YAML: each key is a flag's long name without its dashes ({@code background: slides.png}). The file named by
 * {@code --config} comes before the one in the user's config folder, flags come before both.
 */
final class ConfigFile implements IDefaultValueProvider {
    /** Between values that a file lists; no file name has it, so that flags of one file are never cut. */
    static final String LIST_SEPARATOR = "\u001f";

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * A value and where it stands.
     *
     * @param line counted from 1; 0 where it is not known
     */
    record Entry(String value, Path file, int line) {
        /** {@code mine.yaml, line 3}. */
        String place() {
            return ConfigFile.place(file, line);
        }
    }

    private static String place(Path file, int line) {
        return line > 0 ? file + ", line " + line : file.toString();
    }

    /** The user's own file, {@code $XDG_CONFIG_HOME/handsover/config.yaml}; it need not exist. */
    static Path usersOwn() {
        String base = System.getenv("XDG_CONFIG_HOME");
        Path folder =
                base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".config") : Path.of(base);
        return folder.resolve("handsover").resolve("config.yaml");
    }

    /** Reads the user's file, when there is one, and then {@code chosen}, which wins. */
    static ConfigFile read(@Nullable Path chosen, CommandLine commands) {
        ConfigFile config = new ConfigFile();
        Collection<String> known = knownKeys(commands);
        if (Files.exists(usersOwn())) {
            config.add(usersOwn(), known);
        }
        if (chosen != null) {
            if (!Files.exists(chosen)) {
                throw Failure.usage("There is no settings file " + chosen + "; check the name after --config.");
            }
            config.add(chosen, known);
        }
        return config;
    }

    private static Collection<String> knownKeys(CommandLine commands) {
        Collection<String> keys = new TreeSet<>();
        for (CommandLine command : commands.getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (!option.usageHelp()
                        && !option.versionHelp()
                        && !option.longestName().equals("--config")) {
                    keys.add(option.longestName().substring(2));
                }
            }
        }
        return keys;
    }

    private void add(Path file, Collection<String> known) {
        Object root;
        Map<String, Integer> lines;
        try {
            LoadSettings how = LoadSettings.builder().setLabel(file.toString()).build();
            String text = Files.readString(file);
            root = new Load(how).loadFromString(text);
            lines = lines(new Compose(how).composeString(text).orElse(null));
        } catch (IOException e) {
            throw Failure.usage("The settings file " + file + " cannot be read: " + e.getMessage() + ".");
        } catch (YamlEngineException e) {
            throw notYaml(file, e);
        }
        if (root == null) {
            return;
        }
        if (!(root instanceof Map<?, ?> map)) {
            throw Failure.usage("The settings file " + file + " must hold lines of \"flag: value\".");
        }
        map.forEach((key, value) -> {
            String name = String.valueOf(key);
            int line = lines.getOrDefault(name, 0);
            String place = "\"" + name + "\" in " + place(file, line);
            if (!known.contains(name)) {
                throw Failure.usage(place + (line > 0 ? "," : "") + " is not a setting" + suggestion(name, known));
            }
            entries.put(name, new Entry(text(name, value, place), file, line));
        });
    }

    /** The lines of a file's keys, counted from 1. */
    private static Map<String, Integer> lines(@Nullable Node root) {
        Map<String, Integer> lines = new HashMap<>();
        if (root instanceof MappingNode map) {
            for (NodeTuple each : map.getValue()) {
                if (each.getKeyNode() instanceof ScalarNode key) {
                    key.getStartMark().ifPresent(mark -> lines.put(key.getValue(), mark.getLine() + 1));
                }
            }
        }
        return lines;
    }

    private static Failure notYaml(Path file, YamlEngineException e) {
        if (!(e instanceof MarkedYamlEngineException marked)) {
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return Failure.usage("The settings file " + file + " is not YAML: " + first + ".");
        }
        int line = marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
        String problem = String.valueOf(marked.getProblem()).lines().findFirst().orElse("");
        return Failure.usage(
                e instanceof DuplicateKeyException
                        ? "The settings file " + place(file, line) + ", has a key that stands there before ("
                                + problem.replaceFirst("found duplicate key ", "") + "); keep one of the two."
                        : "The settings file " + place(file, line) + ", is not YAML: " + problem + ".");
    }

    private static String text(String name, @Nullable Object value, String place) {
        return switch (value) {
            case null -> throw Failure.usage(place + " has no value; words that begin with # stand between quotes.");
            case Map<?, ?> map -> throw Failure.usage(place + " takes a value or a list, not further keys.");
            case List<?> list ->
                String.join(separator(name), list.stream().map(String::valueOf).toList());
            case Double number ->
                new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
            default -> String.valueOf(value);
        };
    }

    /** What stands between the values of a flag that may be given several times. */
    private static String separator(String name) {
        return name.equals("keep") ? "," : LIST_SEPARATOR;
    }

    /** The end of a sentence: {@code ; did you mean "…"?} when a known word is near by Levenshtein's distance, else a full stop. */
    static String suggestion(String word, Collection<String> known) {
        String best = "";
        // of three letters that are all but one others, none is meant
        int letters = word.replaceFirst("^-+", "").length();
        int least = Math.max(letters < 6 ? 1 : 2, letters / 3) + 1;
        for (String candidate : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "." : "; did you mean \"" + best + "\"?";
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(swap, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /** The entries that a sentence speaks of by their flags' names, unless the command line gives those itself. */
    @Nullable Entry blamed(String sentence, List<String> arguments) {
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            String flag = "--" + each.getKey();
            boolean given = arguments.stream().anyMatch(word -> word.equals(flag) || word.startsWith(flag + "="));
            if (!given
                    && Pattern.compile(Pattern.quote(flag) + "(?![\\w-])")
                            .matcher(sentence)
                            .find()) {
                return each.getValue();
            }
        }
        return null;
    }

    /** Where a flag's value comes from when the command line does not give it. */
    @Nullable Entry entry(OptionSpec option) {
        return entries.get(option.longestName().substring(2));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (argument instanceof OptionSpec option && option.longestName().startsWith("--")) {
            Entry entry = entry(option);
            return entry == null ? null : entry.value();
        }
        return null;
    }
}
