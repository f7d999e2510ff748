package io.github.whisperspeedtest.hub;

/** A response with a status from 400 to 499 that another attempt would not change. */
final class HttpStatusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * Creates an exception.
     *
     * @param code what the hub calls the reason ({@code X-Error-Code}), empty if it did not say
     * @param text what the server says, without secrets
     */
    HttpStatusException(int status, String code, String text) {
        super(text);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** Returns the status and the text of the server, for a message. */
    String description() {
        String text = String.valueOf(getMessage());
        return "status " + status + (text.isEmpty() ? "" : " (" + text + ")");
    }
}
