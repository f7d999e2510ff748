package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Compares file contents with their expected hashes. */
final class HashCheck {
    private HashCheck() {}

    static Finding check(List<ModelFile> files) {
        List<String> wrong = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (ModelFile file : files) {
            String expected = file.hash();
            if (expected == null) {
                unknown.add(file.file().toString());
                continue;
            }
            try {
                String actual = file.actualHash();
                if (!actual.equals(expected)) {
                    wrong.add(file.file() + " has the hash " + actual + ", expected " + expected + ".");
                }
            } catch (IOException e) {
                wrong.add("Cannot read " + file.file() + ": " + e + ".");
            }
        }
        if (!wrong.isEmpty()) {
            return Finding.incomplete(Problem.HASH, String.join(" ", wrong) + " Download the model again.");
        }
        String hashed = "The hashes of " + (files.size() - unknown.size()) + " of " + files.size() + " files match.";
        return Finding.complete(
                unknown.isEmpty()
                        ? hashed
                        : hashed + " No hash is known for " + String.join(" and ", unknown)
                                + "; load the model to check it.",
                null);
    }
}
