package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_S16LE;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.handsover.frame.Rational;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound whose samples are a thousandth too many or too few for its time stamps: what is encoded keeps to the time stamps. */
class SoundDriftTest {
    private static final Rational NANOS = new Rational(1, 1_000_000_000);
    private static final int RATE = 8_000;
    private static final int SAMPLES = 160;
    private static final double HOUR_SECONDS = 3600;

    private long encoded;
    private double worst;

    @ParameterizedTest
    @ValueSource(doubles = {0.001, -0.001})
    void anHourOfSoundLastsAnHour(double fast) {
        AVCodecParameters from = avcodec_parameters_alloc();
        from.codec_type(AVMEDIA_TYPE_AUDIO);
        from.codec_id(AV_CODEC_ID_PCM_S16LE);
        from.format(AV_SAMPLE_FMT_S16);
        from.sample_rate(RATE);
        from.bits_per_coded_sample(16);
        av_channel_layout_default(from.ch_layout(), 1);
        AVPacket packet = av_packet_alloc();
        double really = (double) SAMPLES / RATE / (1 + fast);
        try (SoundTranscoder transcoder = new SoundTranscoder(from, NANOS, "aac", false)) {
            for (int k = 0; k * really < HOUR_SECONDS; k++) {
                av_new_packet(packet, 2 * SAMPLES);
                packet.data().limit(2 * SAMPLES).zero();
                packet.pts(Math.round(k * really * 1e9));
                packet.dts(packet.pts());
                packet.duration(Math.round(1e9 * SAMPLES / RATE));
                transcoder.write(packet, this::count);
                av_packet_unref(packet);
                // what was put in by now, less what the encoder still holds, is what came out
                worst = Math.max(worst, (double) encoded / RATE - (k + 1) * really);
            }
            transcoder.finish(this::count);
        } finally {
            av_packet_free(packet);
            avcodec_parameters_free(from);
        }
        assertEquals(
                HOUR_SECONDS, (double) encoded / RATE, 0.2, "seconds of sound, the encoder's last packet filled up");
        assertEquals(0, worst, 0.04, "seconds that sound ran ahead of its time stamps at most");
    }

    private void count(AVPacket ready) {
        encoded += ready.duration();
        av_packet_unref(ready);
    }
}
