package io.github.whisperspeedtest.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A value of {@code response_format}. */
enum ResponseFormat {
    JSON(Replies.JSON),
    TEXT("text/plain; charset=utf-8"),
    SRT("application/x-subrip; charset=utf-8"),
    VERBOSE_JSON(Replies.JSON),
    VTT("text/vtt; charset=utf-8");

    private final String contentType;

    ResponseFormat(String contentType) {
        this.contentType = contentType;
    }

    static ResponseFormat parse(String name) {
        for (ResponseFormat format : values()) {
            if (format.parameter().equals(name)) {
                return format;
            }
        }
        throw ApiException.invalid(
                "response_format",
                "Unknown response_format '" + name + "'. Use one of: "
                        + Arrays.stream(values()).map(ResponseFormat::parameter).collect(Collectors.joining(", "))
                        + ".");
    }

    private String parameter() {
        return name().toLowerCase(Locale.ROOT);
    }

    String contentType() {
        return contentType;
    }
}
