package dev.handsover.command;

import dev.handsover.frame.Failure;
import dev.handsover.profile.Page;
import dev.handsover.profile.Profile;
import dev.handsover.profile.ProfileJson;
import dev.handsover.profile.Table;
import dev.handsover.profile.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The forms in which a profile is told, besides the table. */
final class ProfileForms {
    /** For {@code --json}: standard output. */
    private static final String HERE = "-";

    @Option(names = "--json", paramLabel = "FILE", description = "Also everything measured as JSON; - for here alone.")
    @Nullable String json;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Also a page with pictures; it needs no network and no other file.")
    @Nullable Path report;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also every span as trace events, for ui.perfetto.dev or chrome://tracing.")
    @Nullable Path trace;

    @Option(
            names = "--jfr",
            paramLabel = "FILE",
            description = "Also the Java machine's flight recording, with handsover.Frame and handsover.Stage in it.")
    @Nullable Path jfr;

    /** Refuses, before anything is measured, what could not be written after it. */
    void check() {
        Path object = json == null || json.equals(HERE) ? null : Path.of(json);
        Stream.of(object, report, trace, jfr).filter(java.util.Objects::nonNull).forEach(ProfileForms::check);
    }

    private static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw Failure.output(file + " is a folder; name a file in it.");
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw Failure.output("There is no folder " + folder + " for " + file.getFileName() + "; make it first.");
        }
        if (!Files.isWritable(Files.exists(file) || folder == null ? file : folder)) {
            throw Failure.output(file + " may not be written; choose another place.");
        }
    }

    /** Tells a profile in all the forms that were asked for. */
    void tell(Profile profile, List<String> sentences, PrintWriter out) {
        if (HERE.equals(json)) {
            out.println(ProfileJson.text(profile));
        } else {
            Table.of(profile).forEach(out::println);
            sentences.forEach(out::println);
        }
        out.flush();
        if (json != null && !json.equals(HERE)) {
            write(Path.of(json), ProfileJson.text(profile));
        }
        if (report != null) {
            write(report, Page.of(profile, sentences));
        }
        if (trace != null) {
            StringWriter text = new StringWriter();
            try {
                Trace.write(profile, text);
            } catch (IOException e) {
                throw new IllegalStateException("a text in memory cannot be written", e);
            }
            write(trace, text.toString());
        }
    }

    /** Tells something else, as lines and as an object. */
    void tell(List<String> lines, String object, PrintWriter out) {
        if (HERE.equals(json)) {
            out.println(object);
        } else {
            lines.forEach(out::println);
        }
        out.flush();
        if (json != null && !json.equals(HERE)) {
            write(Path.of(json), object);
        }
    }

    /** Tells something else, as a page, where that was asked for. */
    void page(String page) {
        if (report != null) {
            write(report, page);
        }
    }

    private static void forget(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it stays, and why it is not whole is told
        }
    }

    private static void write(Path file, String text) {
        boolean there = Files.exists(file);
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            if (!there) {
                // half a page would pass for one
                forget(file);
            }
            throw Failure.output(file + " cannot be written: " + e.getMessage() + ".", e);
        }
    }
}
