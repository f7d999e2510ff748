package io.github.whisperspeedtest.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholderTest {
    @TempDir
    private Path directory;

    @Test
    void describesGitLfsPointerWithSizeOfActualFile() throws IOException {
        assertThat(described("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 487601967\n"))
                .isEqualTo("is a Git LFS pointer, not the actual file of 487601967 bytes");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    '<!DOCTYPE html><title>Log in</title>', an HTML page
                    '\ufeff\r\n  <html><body>', an HTML page
                    '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', an XML document
                    '{"error":"Invalid username or password."}', Invalid username or password
                    """)
    void describesWebPagesAndErrorMessages(String content, String kind) throws IOException {
        assertThat(described(content)).contains(kind, "not a model file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lmgg\0\0\0\0", "PK\3\4", "{\"architectures\": []}", "#version: 0.2\n< a", "12<html"})
    void ignoresOtherFiles(String content) throws IOException {
        assertThat(described(content)).isEmpty();
    }

    @Test
    void ignoresUnreadableFiles() {
        assertThat(Placeholder.describe(directory.resolve("nothing"))).isEmpty();
    }

    private String described(String content) throws IOException {
        Path file = Files.write(directory.resolve("file"), content.getBytes(StandardCharsets.UTF_8));
        return Placeholder.describe(file).orElse("");
    }
}
