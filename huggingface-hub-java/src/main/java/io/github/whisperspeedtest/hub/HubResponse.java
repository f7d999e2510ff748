package io.github.whisperspeedtest.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The response of a server after all redirects.
 *
 * @param status 200, 206 or 416
 * @param url that the response came from
 * @param headers of that response
 * @param linkedEtag the file's ETag as the hub gave it before it redirected to a store; null if it did not
 * @param repositoryCommit the commit of the file as the hub gave it; null if it did not
 * @param body to be read and closed
 */
record HubResponse(
        int status,
        URI url,
        HttpHeaders headers,
        @Nullable String linkedEtag,
        @Nullable String repositoryCommit,
        BodyReader body) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Returns the strong ETag of this response, or null. */
    @Nullable
    String strongEtag() {
        String etag = headers.firstValue("ETag").orElse(null);
        return etag != null && etag.startsWith("\"") ? etag : null;
    }

    /** Returns what identifies the content across connections, or null if the server does not say. */
    @Nullable
    String validator() {
        return linkedEtag != null ? linkedEtag : strongEtag();
    }

    /** Returns the position that the first byte of the body has in the file. */
    long start() {
        if (status != 206) {
            return 0;
        }
        Matcher range = contentRange();
        return range.matches() ? Long.parseLong(range.group(1)) : -1;
    }

    /** Returns the size of the whole file, or -1 if it is unknown. */
    long totalSize() {
        if (status == 206) {
            Matcher range = contentRange();
            return range.matches() && !range.group(3).equals("*") ? Long.parseLong(range.group(3)) : -1;
        }
        return headers.firstValueAsLong("Content-Length").orElse(-1);
    }

    /** Returns whether the bytes are those of the file itself, not compressed for the transfer. */
    boolean isPlain() {
        return headers.firstValue("Content-Encoding")
                .map(encoding -> encoding.equalsIgnoreCase("identity"))
                .orElse(true);
    }

    private Matcher contentRange() {
        return CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    }
}
