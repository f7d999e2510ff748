package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.evaluation.TextAlignment;
import org.jspecify.annotations.Nullable;

/**
 * A transcript compared with its reference.
 *
 * @param name name of the file, empty for texts that are not from a folder
 * @param rate the counts, null if there is no word in the reference, so that it does not count
 * @param alignment the differences, null if nobody asked for them or the text does not count
 */
record ScoredText(
        String name, @Nullable ErrorRate rate, @Nullable TextAlignment alignment) {}
