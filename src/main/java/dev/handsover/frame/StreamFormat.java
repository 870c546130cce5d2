package dev.handsover.frame;

import java.util.List;
import java.util.Map;

/**
 * All that a source says of itself before its first frame.
 *
 * @param picture every frame's format
 * @param timeBase ticks that hit every frame's time exactly
 * @param frameRate the average, or the nominal one of a still sequence
 * @param durationNanos length, or −1 when unknown
 * @param frames how many, or −1 when unknown; an estimate
 * @param live paced by the world: frames may be dropped
 * @param stills single images rather than video
 * @param sound tracks that the source delivers as packets
 * @param metadata the container's tags (title, date …)
 */
public record StreamFormat(
        PictureFormat picture,
        Rational timeBase,
        Rational frameRate,
        long durationNanos,
        long frames,
        boolean live,
        boolean stills,
        List<SoundTrack> sound,
        Map<String, String> metadata) {
    public StreamFormat {
        sound = List.copyOf(sound);
        metadata = Map.copyOf(metadata);
    }
}
