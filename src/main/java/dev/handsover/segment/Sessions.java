package dev.handsover.segment;

import ai.onnxruntime.OrtException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The networks that are open in this process: those who ask for the same card, size and count of threads share one, and the
 * last to leave closes it, or keeps it open for the next while somebody holds them all. Any thread.
 */
final class Sessions {
    /** What makes two networks one. */
    record Key(ModelCard card, int width, int height, int threads) {}

    /** Opens what is not open yet. */
    interface Opening {
        NetworkSegmenter.Shared open() throws OrtException;
    }

    private static final class Entry {
        final NetworkSegmenter.Shared shared;
        int users;

        Entry(NetworkSegmenter.Shared shared) {
            this.shared = shared;
        }
    }

    private final Map<Key, Entry> open = new HashMap<>();
    private int holders;

    /** One more user; each gives it back once. */
    synchronized NetworkSegmenter.Shared take(Key key, Opening opening) throws OrtException {
        Entry entry = open.get(key);
        if (entry == null) {
            entry = new Entry(opening.open());
            open.put(key, entry);
        }
        entry.users++;
        return entry.shared;
    }

    synchronized void giveBack(Key key) {
        Entry entry = open.get(key);
        if (entry == null || entry.users == 0) {
            throw new IllegalStateException("given back more often than taken");
        }
        entry.users--;
        closeUnused();
    }

    /** From now on none is closed. */
    synchronized void hold() {
        holders++;
    }

    /** The last holder to leave closes those that nobody uses. */
    synchronized void release() {
        holders--;
        closeUnused();
    }

    /** How many are open, used or held. */
    synchronized int count() {
        return open.size();
    }

    private void closeUnused() {
        Iterator<Entry> entries = open.values().iterator();
        while (holders == 0 && entries.hasNext()) {
            Entry entry = entries.next();
            if (entry.users == 0) {
                entries.remove();
                NetworkSegmenter.close(entry.shared.session());
            }
        }
    }
}
