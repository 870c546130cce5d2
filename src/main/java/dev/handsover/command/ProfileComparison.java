package dev.handsover.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.handsover.frame.Failure;
import dev.handsover.profile.Comparison;
import dev.handsover.profile.ProfileJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code profile --compare}: two files of {@code profile --json}, or several runs of either, with commas between. */
final class ProfileComparison {
    private static final int SLOWER = 1;

    private ProfileComparison() {}

    /**
     * Tells the ratios; 1 when a stage is slower by more than the threshold, 0 otherwise.
     *
     * @param files two, each a name or several with commas between
     * @param threshold a share, e.g. 0.05
     * @param anyway other machines and settings too
     */
    static int run(List<String> files, double threshold, boolean anyway, PrintWriter out) {
        if (files.size() != 2) {
            throw Failure.usage("--compare takes two files of --json: the one before and the one after.");
        }
        Comparison comparison = Comparison.of(read(files.get(0)), read(files.get(1)));
        if (!comparison.differences().isEmpty() && !anyway) {
            throw Failure.usage("These cannot be compared fairly ("
                    + String.join(
                            "; ", comparison.differences().stream().limit(3).toList())
                    + "); --anyway does it all the same.");
        }
        if (comparison.stages().isEmpty()) {
            throw Failure.input("The two profiles have no stage in common.");
        }
        comparison.differences().forEach(line -> out.println("not the same: " + line));
        comparison.lines(threshold).forEach(out::println);
        out.flush();
        return comparison.slower(threshold) ? SLOWER : 0;
    }

    private static List<JsonObject> read(String names) {
        List<JsonObject> runs = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            try {
                JsonObject run =
                        JsonParser.parseString(Files.readString(Path.of(name))).getAsJsonObject();
                if (!run.has("schema") || run.get("schema").getAsInt() != ProfileJson.VERSION) {
                    throw Failure.input(name + " is no profile of this version; measure again with --json.");
                }
                runs.add(run);
            } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
                throw Failure.input(name + " cannot be read as a profile; make it with profile --json.", e);
            }
        }
        return runs;
    }
}
