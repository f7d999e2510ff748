package io.github.whisperspeedtest.decoding;

import org.jspecify.annotations.Nullable;

/**
 * The language of a recording.
 *
 * @param code the code of the language
 * @param probability its probability, null where it was not detected
 */
record SpokenLanguage(String code, @Nullable Double probability) {}
