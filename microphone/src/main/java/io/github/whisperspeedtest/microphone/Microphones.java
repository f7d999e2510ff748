package io.github.whisperspeedtest.microphone;

import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnknownNameException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/**
 * Finds and opens the microphones that Java Sound knows.
 *
 * <p>Java Sound asks the sound server for its devices, and waits without a limit for one that does not answer. So a thread of this class asks.
 */
public final class Microphones {
    /** A sound server answers within milliseconds; one that the question starts needs a second or two. */
    private static final long ANSWER_LIMIT_SECONDS = 10;

    /**
     * Rates to try, those of most devices first.
     *
     * <p>16 kHz comes last, because sound servers convert to it with less care than {@link
     * io.github.whisperspeedtest.audio.StreamingResampler}: PulseAudio 16.1 takes 10 dB away at 7 kHz, enough for wrong words.
     */
    private static final int[] RATES = {48_000, 44_100, 32_000, 96_000, 16_000};

    /** Time of sound that a line holds until it is read. */
    private static final double BUFFER_SECONDS = 0.5;

    private static final int BITS = 16;

    private Microphones() {}

    /**
     * Returns the microphones, the system's default first.
     *
     * @throws MicrophoneException if the sound server does not answer, or this Java has no sound library
     */
    public static List<MicrophoneInfo> list() {
        return answer(
                () -> mixers().stream()
                        .map(mixer -> new MicrophoneInfo(mixer.getName(), mixer.getDescription()))
                        .toList(),
                late -> {});
    }

    /**
     * Opens a microphone, which starts when it {@linkplain Microphone#record records}.
     *
     * @param name its name or a part of it that no other name has, in any case; null for the default one
     * @throws UnknownNameException if no or several names match
     * @throws MicrophoneException if there is no microphone, it cannot be opened, or the sound server does not answer
     * @throws OperationCancelledException if the thread is interrupted
     */
    public static Microphone open(@Nullable String name) {
        return answer(() -> openNow(name), Microphone::close);
    }

    /**
     * Returns what a call returns.
     *
     * @param release receives a result that comes when the wait is over
     */
    private static <T> T answer(Supplier<T> call, Consumer<T> release) {
        CompletableFuture<T> answer =
                CompletableFuture.supplyAsync(call, task -> Microphone.start("microphone-finder", task));
        try {
            return answer.get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.thenAccept(release);
            throw new MicrophoneException(
                    "The sound server did not answer within " + ANSWER_LIMIT_SECONDS
                            + " s. Start it again (Linux: systemctl --user restart pipewire-pulse, or pulseaudio --kill), and try again.",
                    e);
        } catch (InterruptedException e) {
            answer.thenAccept(release);
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("The search for a microphone was interrupted.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    private static Microphone openNow(@Nullable String name) {
        Mixer.Info mixer = choose(name, mixers());
        List<String> reasons = new ArrayList<>();
        for (int channels = 1; channels <= 2; channels++) {
            for (int rate : RATES) {
                AudioFormat format = new AudioFormat(rate, BITS, channels, true, false);
                try {
                    // Whether a line supports a format is known only when it is open.
                    TargetDataLine line = (TargetDataLine)
                            AudioSystem.getMixer(mixer).getLine(new DataLine.Info(TargetDataLine.class, format));
                    line.open(format, (int) (BUFFER_SECONDS * rate) * format.getFrameSize());
                    return new Microphone(mixer.getName(), line);
                } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
                    reasons.add(String.valueOf(e.getMessage()));
                }
            }
        }
        throw new MicrophoneException("The microphone '" + mixer.getName() + "' cannot be opened: " + reasons.get(0)
                + ". Another program may use it. Choose another one: whisper-speedtest list microphones");
    }

    private static List<Mixer.Info> mixers() {
        try {
            return Arrays.stream(AudioSystem.getMixerInfo())
                    .filter(Microphones::records)
                    .toList();
        } catch (LinkageError e) {
            // Packages of Java for servers leave out its sound library.
            throw new MicrophoneException(
                    "This Java has no sound library. Install a Java that is not headless (Debian and Ubuntu: apt install"
                            + " openjdk-17-jre).",
                    e);
        }
    }

    private static boolean records(Mixer.Info info) {
        return Arrays.stream(AudioSystem.getMixer(info).getTargetLineInfo())
                .map(Line.Info::getLineClass)
                .anyMatch(TargetDataLine.class::isAssignableFrom);
    }

    /** Returns the mixer that a name means. */
    static Mixer.Info choose(@Nullable String name, List<Mixer.Info> mixers) {
        if (mixers.isEmpty()) {
            throw new MicrophoneException(
                    "There is no microphone: Java Sound lists no device that records. Connect one. On Linux start PulseAudio or"
                            + " PipeWire, and install ALSA's plugin for it (Debian and Ubuntu: apt install libasound2-plugins).");
        }
        if (name == null) {
            return mixers.get(0);
        }
        List<Mixer.Info> found = mixers.stream()
                .filter(mixer -> mixer.getName().equalsIgnoreCase(name))
                .toList();
        if (found.isEmpty()) {
            String part = name.toLowerCase(Locale.ROOT);
            found = mixers.stream()
                    .filter(mixer -> mixer.getName().toLowerCase(Locale.ROOT).contains(part))
                    .toList();
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        List<String> names = (found.isEmpty() ? mixers : found)
                .stream().map(Mixer.Info::getName).toList();
        String all = names.stream().map(one -> "'" + one + "'").collect(Collectors.joining(", "));
        throw new UnknownNameException(
                found.isEmpty()
                        ? "There is no microphone '" + name + "'." + NearestName.question(name, names) + " Available: "
                                + all
                        : "'" + name + "' is a part of several names. Write more of one: " + all);
    }
}
