package io.github.whisperspeedtest.hub;

/** A server's final no: an answer with a status of 400 to 499 that no second attempt would change. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * Creates a refusal.
     *
     * @param code what the hub calls the reason ({@code X-Error-Code}), empty if it did not say
     * @param text what the server says, without secrets
     */
    Refusal(int status, String code, String text) {
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

    /** Returns the answer in words. */
    String answer() {
        String text = String.valueOf(getMessage());
        return "status " + status + (text.isEmpty() ? "" : " (" + text + ")");
    }
}
