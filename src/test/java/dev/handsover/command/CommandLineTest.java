package dev.handsover.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handsover.Ff;
import dev.handsover.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Words in, help, settings and codes out. */
class CommandLineTest {
    @TempDir
    Path folder;

    @Test
    void everyOptionOfEveryCommandIsExplained() {
        for (Map.Entry<String, CommandLine> command :
                Handsover.build().getSubcommands().entrySet()) {
            for (OptionSpec option : command.getValue().getCommandSpec().options()) {
                String text = HelpText.open(String.join(" ", option.description()));
                String where = command.getKey() + " " + option.longestName();
                assertTrue(text.length() > 10 && text.contains(".") || text.contains(":"), where + ": " + text);
                if (Number.class.isAssignableFrom(boxed(option.type()))) {
                    String range = option.paramLabel() + " " + text;
                    assertTrue(range.matches(".*(\\.\\.|\\d to \\d|from \\d|end at \\d).*"), where + " shows no range");
                    assertTrue(text.contains("Default: "), where + " shows no default: " + text);
                }
            }
            for (PositionalParamSpec parameter :
                    command.getValue().getCommandSpec().positionalParameters()) {
                assertTrue(parameter.description().length > 0, command.getKey() + " " + parameter.paramLabel());
            }
            Run run = Run.of(command.getKey(), "--help");
            assertEquals(0, run.code());
            assertTrue(run.out().contains("Usage: handsover " + command.getKey()), run.out());
            assertFalse(run.out().contains("${"), run.out());
            assertFalse(run.out().matches("(?s).*\\dE-\\d.*"), run.out());
            assertEquals(HelpText.open(run.out()), run.out());
            everyWordIsWhole(command.getValue(), run.out());
        }
    }

    private static void everyWordIsWhole(CommandLine command, String help) {
        List<String> words = List.of(help.split("\\s+"));
        for (OptionSpec option : command.getCommandSpec().options()) {
            for (String word :
                    HelpText.open(String.join(" ", option.description())).split(" ")) {
                // words with hyphens may be broken at those
                assertTrue(
                        word.isEmpty() || word.contains("$") || word.contains("-") || words.contains(word),
                        word + " is broken in\n" + help);
            }
        }
    }

    @Test
    void helpIsACommandToo() {
        assertEquals(Run.of("process", "--help"), Run.of("help", "process"));
        assertEquals(Run.of("--help"), Run.of("help"));
        assertFalse(
                Run.of("helq").failed(2, "no command \"helq\"", "--help").err().contains("did you mean"));
    }

    @Test
    void anOptionOfAnotherCommandIsKnown() {
        Run.of("process", Run.HANDS, "null:", "--for", "3s").failed(2, "process has no option --for", "live");
        Run run = Run.of("process", Run.HANDS, "null:", "--fog").failed(2, "no option --fog");
        assertFalse(run.err().contains("--fit"), run.err());
    }

    @Test
    void noughtFramesAreAll() {
        Run.process(Run.HANDS, "null:", "--frames", "0", "--quiet");
        assertTrue(Run.process(Run.HANDS, "null:", "--frames", "0").err().contains("30 frames in"));
        Run.of("process", Run.HANDS, "null:", "--frames", "-1").failed(2, "--frames", "0 for all");
    }

    @Test
    void theSizeThatIsWrittenStandsBesideItsRate() {
        Run run = Run.process(Run.HANDS, "null:", "--size", "160x96", "--fps", "25");
        assertTrue(run.err().contains("320×192 → 160×96 in null:, 25.00 fps"), run.err());
    }

    @Test
    void aPresetThatChangesNothingIsTold() {
        Run run = Run.process(Run.HANDS, folder.resolve("a.mkv"), "--codec", "libopenh264", "--preset", "fast");
        assertTrue(run.err().contains("libopenh264 has no presets"), run.err());
    }

    private static Class<?> boxed(Class<?> type) {
        return type == int.class || type == long.class || type == float.class ? Integer.class : type;
    }

    @Test
    void theProgramItselfIsExplained() {
        Run run = Run.of("--help");
        assertEquals(0, run.code());
        for (String word : List.of("process", "demo", "models", "doctor", "config", "completion", "130 interrupted")) {
            assertTrue(run.out().contains(word), word);
        }
        Run.of().failed(2, "handsover demo");
        Run.of("proces", "a", "b").failed(2, "process");
    }

    @Test
    void versionNamesEverythingNative() {
        Run run = Run.of("--version");
        assertEquals(0, run.code());
        for (String name : List.of("handsover ", "java ", "FFmpeg ", "ONNX Runtime 1", "LWJGL 3", "kernels ")) {
            assertTrue(run.out().lines().anyMatch(line -> line.startsWith(name)), name + " in " + run.out());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--treshold 0.4,--threshold",
        "--threshold 2,0.05",
        "--threshold x,threshold",
        "--crf 80,63",
        "--size 5,1280x720",
        "--fps 0,frame rate",
        "--start soon,1:23.5",
        "--start 3 --end 2,after --start",
        "--workers 90,64",
        "--compositor gpu,auto",
        "--fit wide,cover",
        "--background color:nocolour,color:#204060",
        "--background none,--under",
        "--opacity 3,opacity",
        "--bitrate fast,4M",
        "--colors,--only-mask",
        "--spill 2,--spill",
        "--model-pixels 7000000,4000000",
        "--hands-position 1,3 numbers",
    })
    void misuseIsASentenceWithWhatWouldBeRight(String flags, String word) {
        Object[] arguments = ("process " + Run.HANDS + " null: --quiet " + flags).split(" ");
        Run.of(arguments).failed(2, word);
    }

    @Test
    void settingsComeFromFilesAndFlagsWin() throws Exception {
        Path home = folder.resolve("home");
        Path own = Files.createDirectories(home.resolve("handsover")).resolve("config.yaml");
        Files.writeString(own, "feather: 3\ncrf: 30\nbackground: \"#102030\"\n");
        Path chosen = folder.resolve("chosen.yaml");
        Files.writeString(chosen, "crf: 20\nunder: [a,b.png, \"c d.png\"]\nmirror: true\nslide-every: 1:30\n");
        Run run = Run.child(Map.of("XDG_CONFIG_HOME", home.toString()), List.of(), "config", "--config", chosen);
        assertEquals(0, run.code(), run.err());
        for (String line : List.of(
                "feather: 3  # " + own,
                "crf: 20  # " + chosen,
                "background: \"#102030\"  # " + own,
                "mirror: true  # " + chosen,
                "slide-every: \"1:30\"  # " + chosen,
                "fit: cover",
                "# codec:")) {
            assertTrue(run.out().lines().anyMatch(line::equals), line + " in\n" + run.out());
        }
        assertTrue(run.out().contains("under: [a, b.png, \"c d.png\"]"), run.out());
        // what it shows can be read again
        Path again = folder.resolve("again.yaml");
        Files.writeString(again, run.out());
        assertEquals(
                values(run.out()), values(Run.of("config", "--config", again).out()));
    }

    private static List<String> values(String yaml) {
        return yaml.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll("  # .*", ""))
                .toList();
    }

    @Test
    void aRunObeysTheFileUnlessAFlagSaysOtherwise() throws Exception {
        Path file = folder.resolve("s.yaml");
        Path extra = folder.resolve("extra one.mkv");
        Path more = folder.resolve("more.mkv");
        Files.writeString(file, "frames: 4\nquiet: true\noutput: [" + extra + ", " + more + "]\n");
        Run run = Run.process(Run.HANDS, folder.resolve("a.mp4"), "--config", file);
        assertEquals("", run.err());
        assertEquals(4, Ff.times(folder.resolve("a.mp4"), "v").size());
        assertEquals(4, Ff.times(extra, "v").size());
        assertEquals(4, Ff.times(more, "v").size());
        Run.process(Run.HANDS, folder.resolve("b.mp4"), "--config=" + file, "--frames", "2", "--output", "null:");
        assertEquals(2, Ff.times(folder.resolve("b.mp4"), "v").size());
    }

    @ParameterizedTest
    @CsvSource({
        "'fether: 3','did you mean \"feather\"'",
        "'background: #102030',between quotes",
        "'- a',flag: value",
        "'a: [',YAML",
        "'crf: {a: 1}',further keys",
        "'crf: soft','s.yaml, line 1: --crf takes a whole number, not \"soft\"'",
        "'smooth: high','s.yaml, line 1: --smooth takes a number, not \"high\"'",
        "'threshold: 7','s.yaml, line 1: --threshold goes from 0.05'",
        "'crf: 1/feather: 2/crf: 3','s.yaml, line 3, has a key that stands there before (crf)'",
    })
    void faultySettingsAreASentence(String text, String word) throws Exception {
        Path file = Files.writeString(folder.resolve("s.yaml"), text.replace('/', '\n') + "\n");
        Run run = Run.of("process", Run.HANDS, "null:", "--config", file).failed(2, word);
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void aMissingSettingsFileIsASentence() {
        Run.of("config", "--config", folder.resolve("none.yaml")).failed(2, "none.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completionScriptsParse(String shell) throws Exception {
        Run run = Run.of("completion", shell);
        assertEquals(0, run.code());
        assertTrue(run.out().contains("threshold") && run.out().contains("doctor"), run.out());
        Path script = Files.writeString(folder.resolve("script"), run.out());
        ProcessBuilder builder = new ProcessBuilder(shell, "-n", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeTrue(false, "there is no " + shell + " here");
            return;
        }
        Run.await(process);
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("said")));
    }

    @Test
    void otherShellsAreASentence() {
        Run.of("completion", "tcsh").failed(2, "bash, zsh and fish");
    }

    @Test
    void jsonIsOneObject() {
        Run run = Run.process(Run.HANDS, folder.resolve("a.mp4"), "--json");
        assertEquals("", run.err());
        JsonObject object = JsonParser.parseString(run.out()).getAsJsonObject();
        assertEquals(30, object.get("frames").getAsInt());
        assertEquals(1.0, object.get("mediaSeconds").getAsDouble(), 1e-9);
        assertEquals(0, object.get("lost").getAsInt());
        assertFalse(object.get("interrupted").getAsBoolean());
        assertEquals(
                30,
                object.getAsJsonObject("stages")
                        .getAsJsonObject("encode")
                        .get("count")
                        .getAsInt());
    }

    @Test
    void whereStandardErrorIsNoTerminalLinesAreWritten() {
        Run run = Run.process(Run.HANDS, "null:");
        assertFalse(run.err().contains("\r"), run.err());
        assertTrue(run.err().lines().anyMatch(line -> line.matches("30 frames in .* fps, .*× real time")), run.err());
    }

    @Test
    void modelsAreListed() {
        Run run = Run.of("models");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().lines().anyMatch(line -> line.startsWith("hands ") && line.contains(" ok ")), run.out());
        assertTrue(run.out().lines().allMatch(line -> line.length() <= 100), run.out());
        Run classes = Run.of("models", "voc", "--classes");
        assertTrue(classes.out().contains("bird"), classes.out());
        Run.of("models", "nosuch").failed(4, "nosuch");
    }

    @Test
    void doctorEndsWellWhereProcessWorks() {
        Run run = Run.of("doctor");
        assertEquals(0, run.code(), run.out());
        for (String line : List.of("✔ JDK", "✔ FFmpeg", "✔ encoders", "✔ ONNX Runtime", "✔ model hands", "✔ process")) {
            assertTrue(run.out().lines().anyMatch(each -> each.startsWith(line)), line + " in " + run.out());
        }
    }

    @Test
    void demoWritesItsFilesAndFindsTheHands() {
        Run run = Run.of("demo", "--dir", folder, "--quiet");
        assertEquals(0, run.code(), run.err());
        assertEquals(List.of("demo.mp4", "demo.png"), Run.names(folder));
        assertEquals(240, Ff.times(folder.resolve("demo.mp4"), "v").size());
        String iou = run.out()
                .lines()
                .filter(line -> line.startsWith("IoU "))
                .findFirst()
                .orElseThrow();
        assertTrue(Double.parseDouble(iou.substring(4)) >= 0.90, iou);
    }

    @Test
    void theGlCompositorDrawsOrSaysWhyNot() {
        Run run = Run.of("process", Run.HANDS, folder.resolve("a.mp4"), "--compositor", "gl");
        if (run.code() == 0) {
            assertTrue(run.err().contains("OpenGL"), run.err());
            assertEquals(30, Ff.times(folder.resolve("a.mp4"), "v").size());
        } else {
            run.failed(5, "--compositor");
        }
    }

    @Test
    void withoutAGraphicsDeviceGlIsADeviceFailure() {
        assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "how to take OpenGL away is known for Linux only");
        Map<String, String> without = Map.of("__EGL_VENDOR_LIBRARY_DIRS", "/nonexistent");
        Run.child(without, List.of(), "process", Run.HANDS, "null:", "--compositor", "gl", "--quiet")
                .failed(5);
    }

    @Test
    void aBugNamesItsLog() throws Exception {
        // native libraries that cannot be unpacked anywhere: nothing that the program foresees
        Run run = Run.child(
                Map.of("XDG_CACHE_HOME", folder.toString()),
                List.of("-Djava.io.tmpdir=/proc"),
                "process",
                Run.HANDS,
                "null:");
        assertEquals(1, run.code(), run.err());
        assertTrue(run.err().contains("bug") && run.err().lines().count() <= 6, run.err());
        Path log = folder.resolve("handsover").resolve("log");
        assertTrue(run.err().contains(log.resolve(Run.names(log).getFirst()).toString()), run.err());
        assertTrue(Files.readString(log.resolve(Run.names(log).getFirst())).contains("\tat "));
    }
}
