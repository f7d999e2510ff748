package io.github.whisperspeedtest.server;

import java.util.List;
import java.util.Locale;

/** What a path leads to. */
enum Route {
    PAGE("GET", "HEAD"),
    HEALTH("GET", "HEAD"),
    METRICS("GET", "HEAD"),
    MODELS("GET", "HEAD"),
    MODEL("GET", "HEAD"),
    TRANSCRIPTIONS("POST"),
    TRANSLATIONS("POST"),
    LIVE("GET"),
    OTHER;

    private final List<String> methods;

    Route(String... methods) {
        this.methods = List.of(methods);
    }

    /** Returns the route of a path in which percent signs still stand for other characters. */
    static Route of(String path) {
        return switch (path) {
            case "/" -> PAGE;
            case "/health" -> HEALTH;
            case "/metrics" -> METRICS;
            case "/v1/models" -> MODELS;
            case "/v1/audio/transcriptions" -> TRANSCRIPTIONS;
            case "/v1/audio/translations" -> TRANSLATIONS;
            case "/v1/live" -> LIVE;
            default -> path.startsWith("/v1/models/") ? MODEL : OTHER;
        };
    }

    boolean allows(String method) {
        return methods.isEmpty() || methods.contains(method);
    }

    /** Returns the value of the header {@code Allow}. */
    String allowed() {
        return String.join(", ", methods);
    }

    /** Returns the name in metrics. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
