package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "openai/whisper-tiny, openai/whisper-tiny, main,",
        "openai/whisper-tiny@v1.0, openai/whisper-tiny, v1.0,",
        "openai/whisper-tiny@refs/pr/7, openai/whisper-tiny, refs/pr/7,",
        "hf:openai/whisper-tiny, openai/whisper-tiny, main,",
        "hf://openai/whisper-tiny@v1, openai/whisper-tiny, v1,",
        "acme/ggml:ggml-base.bin, acme/ggml, main, ggml-base.bin",
        "acme/ggml@v2:q5/ggml-base.bin, acme/ggml, v2, q5/ggml-base.bin",
        "https://huggingface.co/openai/whisper-tiny, openai/whisper-tiny, main,",
        "https://huggingface.co/openai/whisper-tiny/, openai/whisper-tiny, main,",
        "https://hf.co/openai/whisper-tiny/tree/v1.0, openai/whisper-tiny, v1.0,",
        "https://huggingface.co/acme/ggml/tree/refs%2Fpr%2F7, acme/ggml, refs/pr/7,",
        "https://huggingface.co/acme/ggml/blob/main/ggml-base.bin, acme/ggml, main, ggml-base.bin",
        "https://huggingface.co/acme/ggml/resolve/main/q5/a+b.bin?download=true, acme/ggml, main, q5/a+b.bin"
    })
    void readsTheFormsThatPeopleType(String text, String repository, String revision, String file) {
        assertThat(RepositoryReference.parse(text)).contains(new RepositoryReference(repository, revision, file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny",
                "models/ggml-tiny.bin",
                "./openai/whisper",
                "../models/tiny",
                "/openai/whisper",
                "~/models/tiny",
                "a/b/c",
                "openai/",
                "C:\\models\\tiny",
                "https://example.com/openai/whisper-tiny",
                "https://huggingface.co/datasets/acme/speech/tree/main",
                "openai/whisper tiny",
                "-m/whisper"
            })
    void leavesNamesAndPathsAlone(String text) {
        assertThat(RepositoryReference.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/whisper-tiny", "acme/ggml@v2:q5/ggml-base.bin"})
    void printsTheShortestForm(String text) {
        assertThat(RepositoryReference.parse("hf:" + text)).hasToString("Optional[" + text + "]");
        assertThat(RepositoryReference.parse(text)).hasToString("Optional[" + text + "]");
    }
}
