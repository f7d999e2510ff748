package io.github.whisperspeedtest.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered in the end, after all redirects.
 *
 * @param status 200, 206 or 416
 * @param address who answered
 * @param headers of that answer
 * @param linkedEtag what the hub says that the file's ETag is, before it redirected to a store; null if it did not
 * @param repositoryCommit the commit that the hub says it serves the file of, null if it did not
 * @param body what is to be read and closed
 */
record Answer(
        int status,
        URI address,
        HttpHeaders headers,
        @Nullable String linkedEtag,
        @Nullable String repositoryCommit,
        BodyReader body) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Returns the ETag of this very answer if it promises identical bytes, or null. */
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

    /** Returns the size of the whole file, or -1 if the answer does not tell. */
    long totalSize() {
        if (status == 206) {
            Matcher range = contentRange();
            return range.matches() && !range.group(3).equals("*") ? Long.parseLong(range.group(3)) : -1;
        }
        return headers.firstValueAsLong("Content-Length").orElse(-1);
    }

    /** Returns whether the bytes are the file's own and not compressed for the journey. */
    boolean isPlain() {
        return headers.firstValue("Content-Encoding")
                .map(encoding -> encoding.equalsIgnoreCase("identity"))
                .orElse(true);
    }

    private Matcher contentRange() {
        return CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    }
}
