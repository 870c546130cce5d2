package dev.handsover.capture;

/** A file with video, and who decodes it: a card where that is wished for and the card can, else the processor. */
final class Recording {
    private Recording() {}

    /**
     * Opens it. What a card refuses is opened anew for the processor, since only the first picture tells; throws a {@code Failure}
     * where nobody but a card shall decode.
     */
    static Source open(Container.Place place, SourceSpec.Options options) {
        DecoderWish wish = options.decoder();
        if (!wish.onCard()) {
            return MediaSource.open(place, options, MediaSource.Target.NATURAL);
        }
        try {
            return MediaSource.open(place, options, wish, "An NVIDIA card decodes.");
        } catch (CardDecoding.Refusal e) {
            if (wish.required()) {
                throw e.failure(place.name());
            }
            String why = "The processor decodes, since " + e.clause() + ".";
            return MediaSource.open(place, options, DecoderWish.SOFTWARE, why);
        }
    }
}
