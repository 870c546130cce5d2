package dev.handsover.frame;

/**
 * A track of compressed sound that a source can hand on untouched.
 *
 * @param index counts from 0 among the source's sound tracks
 * @param codec FFmpeg's name of the codec, e.g. {@code aac}
 * @param parameters address of an AVCodecParameters that stays valid while the source is open
 * @param timeBase of the packets' time stamps
 */
public record SoundTrack(int index, String codec, long parameters, Rational timeBase) {}
