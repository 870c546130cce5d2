package dev.handsover.sink;

import dev.handsover.frame.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file under a temporary name beside its place, renamed when whole: nobody meets half a file under the right name. */
final class TemporaryFile {
    private final Path place;
    private final Path temporary;
    private final Path reserve;
    private final boolean force;
    private @Nullable Claim claim;

    /** Makes nothing yet; throws an output {@code Failure} when the place is taken or cannot be written. */
    TemporaryFile(Path place, boolean force) {
        this.place = place;
        this.force = force;
        this.temporary = place.resolveSibling(place.getFileName() + ".part");
        this.reserve = place.resolveSibling(place.getFileName() + ".reserve");
        checkFree();
        Path folder = place.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Failure.output("There is no folder " + folder + " for " + place + "; make it first.");
        }
        if (!Files.isWritable(folder)) {
            throw Failure.output("The folder " + folder + " may not be written; choose another place.");
        }
    }

    private void checkFree() {
        if (Files.isDirectory(place)) {
            throw Failure.output(place + " is a folder; name a file in it.");
        }
        if (Files.exists(place) && !force) {
            throw Failure.output(place + " exists already; add --force to replace it, or choose another name.");
        }
    }

    /** Keeps others away until {@link #close}; throws an output {@code Failure} when somebody was first. */
    void claim() {
        claim = Claim.of(place);
    }

    /** Where to write. */
    Path path() {
        return temporary;
    }

    /** Whether nothing was written. */
    boolean isEmpty() {
        try {
            return !Files.exists(temporary) || Files.size(temporary) == 0;
        } catch (IOException e) {
            return false; // what cannot be looked at is kept
        }
    }

    /** The final name. */
    Path place() {
        return place;
    }

    /** Takes disk space that {@link #giveReserve} sets free when the disk is full, so that a file can still be closed. */
    void reserve(long bytes) {
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = FileChannel.open(
                reserve, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long written = 0; written < bytes; ) {
                written += channel.write(zeros.rewind());
            }
        } catch (IOException e) {
            // a disk that is full already: what could be had is had
        }
    }

    /** Frees the reserved space. */
    void giveReserve() {
        try {
            Files.deleteIfExists(reserve);
        } catch (IOException e) {
            // it stays and is overwritten by the next run
        }
    }

    /** Gives the whole file its name. */
    void complete() {
        giveReserve();
        try {
            checkFree();
            Files.move(temporary, place, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.output(
                    "The result could not get its name " + place + " (" + e.getMessage() + "); it is whole in "
                            + temporary + ".",
                    e);
        }
    }

    /**
     * Gives up what was claimed.
     *
     * @param empty nothing that is worth keeping was written
     */
    void close(boolean empty) {
        Claim own = claim;
        if (own == null) {
            return; // what is there is another run's
        }
        if (empty) {
            delete();
        } else {
            giveReserve();
        }
        own.close();
    }

    void delete() {
        giveReserve();
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // an empty file that stays is no harm
        }
    }
}
