package io.github.whisperspeedtest.hub;

import org.jspecify.annotations.Nullable;

/** An access token for private and gated repositories; {@link #toString} does not reveal it. */
public final class AccessToken {
    private static final String HIDDEN = "(hidden token)";

    private final String secret;

    private AccessToken(String secret) {
        this.secret = secret;
    }

    /**
     * Returns a token of the given text, line breaks and white space around it removed as {@code huggingface_hub} does.
     *
     * @throws HubException if it is empty or holds a character that no HTTP header can carry
     */
    public static AccessToken of(String text) {
        String secret = text.replaceAll("[\\r\\n]", "").strip();
        if (secret.isEmpty() || !secret.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new HubException(
                    HubException.Reason.INVALID_INPUT,
                    "The Hugging Face access token is empty or holds white space or characters outside ASCII.",
                    "Copy it again from https://huggingface.co/settings/tokens.");
        }
        return new AccessToken(secret);
    }

    /** Returns the value of the {@code Authorization} header. */
    String authorization() {
        return "Bearer " + secret;
    }

    /** Returns a text that came from outside without the secret that it may repeat. */
    String hideIn(String text) {
        return text.replace(secret, HIDDEN);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AccessToken token && token.secret.equals(secret);
    }

    @Override
    public int hashCode() {
        return AccessToken.class.hashCode();
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
