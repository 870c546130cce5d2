package dev.handsover.frame;

/**
 * A picture or a packet of sound that several may hold; what it stands on goes back with the last holder. Whoever is handed one
 * holds it once. Both calls: any thread.
 */
public sealed interface Shared permits Frame, SharedSound {
    /** One holder more; throws where nobody holds it any longer. */
    Shared retain();

    /** One holder less. */
    void recycle();
}
