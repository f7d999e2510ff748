package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.checkpoint.ConfigFile;
import io.github.whisperspeedtest.spi.ModelListing;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Recognises models of other kinds than Whisper, to name them in messages. */
final class ModelFamily {
    /** Families by the start of {@code model_type} in their config; a longer start comes first. */
    private static final Map<String, String> BY_MODEL_TYPE = new LinkedHashMap<>();

    static {
        BY_MODEL_TYPE.put("parakeet", "a Parakeet speech recognition model");
        BY_MODEL_TYPE.put("moonshine", "a Moonshine speech recognition model");
        BY_MODEL_TYPE.put("canary", "a Canary speech recognition model");
        BY_MODEL_TYPE.put("wav2vec2", "a wav2vec 2.0 speech model");
        BY_MODEL_TYPE.put("hubert", "a HuBERT speech model");
        BY_MODEL_TYPE.put("wavlm", "a WavLM speech model");
        BY_MODEL_TYPE.put("speech_to_text", "a Speech2Text speech recognition model");
        BY_MODEL_TYPE.put("seamless_m4t", "a SeamlessM4T translation model");
        BY_MODEL_TYPE.put("voxtral", "a Voxtral speech model");
        BY_MODEL_TYPE.put("granite_speech", "a Granite Speech model");
        BY_MODEL_TYPE.put("qwen2_audio", "a Qwen2-Audio model");
        BY_MODEL_TYPE.put("qwen3_asr", "a Qwen3-ASR speech recognition model");
        BY_MODEL_TYPE.put("kyutai_speech_to_text", "a Kyutai speech recognition model");
        BY_MODEL_TYPE.put("silero", "a Silero model");
    }

    private static final String NEMO = ".nemo";

    private ModelFamily() {}

    /** Returns the family of a model that is not Whisper, as a noun with its article, or empty if it may be Whisper. */
    static Optional<String> otherThanWhisper(ModelListing listing) {
        ConfigFile config = listing.config();
        if (config == null || !config.has("model_type")) {
            return listing.files().stream().anyMatch(name -> name.endsWith(NEMO))
                    ? Optional.of("a model of NVIDIA NeMo, such as Parakeet or Canary")
                    : Optional.empty();
        }
        if (config.is("model_type", "whisper")) {
            return Optional.empty();
        }
        String type = config.text("model_type", "");
        String lower = type.toLowerCase(Locale.ROOT);
        return Optional.of(BY_MODEL_TYPE.entrySet().stream()
                .filter(family -> lower.startsWith(family.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("a model of the type '" + type + "'"));
    }
}
