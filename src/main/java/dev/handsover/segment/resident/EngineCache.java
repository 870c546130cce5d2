package dev.handsover.segment.resident;

import dev.handsover.segment.ModelCard;
import dev.handsover.segment.UserCache;
import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where TensorRT keeps its built engines: one folder for each network, size, card and set of versions, in the user's cache.
 * What another version built is therefore never read, only left behind.
 */
final class EngineCache {
    private EngineCache() {}

    /** Makes the folder when needed. */
    static Path folder(ModelCard card, int width, int height, String gpu, String versions) throws Refusal {
        return folder(UserCache.folder(), card, width, height, gpu, versions);
    }

    static Path folder(Path cache, ModelCard card, int width, int height, String gpu, String versions) throws Refusal {
        String network = ModelCard.digest(card.file()).substring(0, 16);
        String name = network + "-" + width + "x" + height + "-" + plain(gpu) + "-" + plain(versions);
        Path folder = cache.resolve("tensorrt").resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new Refusal("TensorRT's cache " + folder + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static String plain(String text) {
        return text.replaceAll("[^A-Za-z0-9.]+", "_");
    }
}
