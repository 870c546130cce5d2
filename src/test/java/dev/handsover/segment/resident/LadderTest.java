package dev.handsover.segment.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.Failure;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.Ladder.Rung;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which way stands, and what is said of the others. */
class LadderTest {
    private static Rung<String> stands(String tier, List<String> tried) {
        return new Rung<>(tier, () -> {
            tried.add(tier);
            return tier + " open";
        });
    }

    private static Rung<String> falls(String tier, String reason, List<String> tried) {
        return new Rung<>(tier, () -> {
            tried.add(tier);
            throw new Refusal(reason);
        });
    }

    @Test
    void theFirstThatProvesItselfStandsAndNoneBelowIsTried() throws Exception {
        List<String> tried = new ArrayList<>();
        Ladder<String> ladder =
                Ladder.climb(List.of(falls("best", "no card", tried), stands("middle", tried), stands("worst", tried)));
        assertEquals("middle open", ladder.standing());
        assertEquals("middle", ladder.tier());
        assertEquals(List.of("best", "middle"), tried);
        assertEquals(
                List.of("best: no card"),
                ladder.passed().stream().map(String::valueOf).toList());
    }

    @Test
    void whenNoneStandsAllReasonsAreToldOnce() {
        List<String> tried = new ArrayList<>();
        Refusal refusal = assertThrows(
                Refusal.class,
                () -> Ladder.climb(List.of(
                        falls("a", "no card", tried), falls("b", "no card", tried), falls("c", "too old", tried))));
        assertEquals("no a, b: no card; no c: too old", refusal.sentence());
    }

    @Test
    void wishesOfEveryKind() {
        assertEquals(Tiers.Device.AUTO, Tiers.Wish.parse("auto", false, null).device());
        assertEquals(new Tiers.Wish(Tiers.Device.TENSORRT, 1, true, null), Tiers.Wish.parse("tensorrt:1", true, null));
        Path pom = Path.of("pom.xml");
        assertEquals(pom, Tiers.Wish.parse("CUDA", false, pom).library());
        Failure nowhere = assertThrows(Failure.class, () -> Tiers.Wish.parse("cpu", false, Path.of("nowhere.so")));
        assertTrue(
                nowhere.sentence().startsWith("--ort-library names nowhere.so, which is no file"), nowhere.sentence());
        for (String wrong : List.of("gpu", "cuda:x", "cuda:-1", "cuda:64", "cpu:1", "auto:0", "")) {
            Failure failure = assertThrows(Failure.class, () -> Tiers.Wish.parse(wrong, false, null), wrong);
            assertEquals(Failure.Kind.USAGE, failure.kind());
            assertTrue(failure.sentence().contains("--device"), failure.sentence());
        }
        assertThrows(Failure.class, () -> Tiers.Wish.parse("cpu", true, null));
    }

    @Test
    void theRungsOfEachWishBestFirst() {
        assertEquals(List.of("resident-tensorrt", "resident-cuda", "staged-cuda"), tiers("auto"));
        assertEquals(List.of("resident-tensorrt", "resident-cuda", "staged-cuda"), tiers("tensorrt"));
        assertEquals(List.of("resident-cuda", "staged-cuda"), tiers("cuda"));
        assertEquals(List.of(), tiers("cpu"));
        assertEquals(List.of("xnnpack"), tiers("xnnpack"));
    }

    private static List<String> tiers(String wish) {
        return Tiers.rungs(Tiers.Wish.parse(wish, false, null), ModelCard.find("hands"), 1.6, 0, opening -> opening)
                .stream()
                .map(Rung::tier)
                .toList();
    }

    @Test
    void aProviderThatTheLibraryHasNotIsRefusedInOneSentence() {
        Refusal refusal = assertThrows(
                Refusal.class,
                () -> Ladder.climb(Tiers.rungs(
                        Tiers.Wish.parse("openvino", false, null), ModelCard.find("hands"), 1.6, 0, opening -> {
                            try (var arena = java.lang.foreign.Arena.ofConfined()) {
                                return opening.on(new ResidentNetwork.Place.Host(
                                        arena.allocate(opening.shape().inputBytes(), 64),
                                        arena.allocate(opening.shape().outputBytes(), 64)));
                            }
                        })));
        assertTrue(refusal.sentence().startsWith("no openvino: "), refusal.sentence());
        assertEquals(1, refusal.sentence().lines().count());
    }
}
