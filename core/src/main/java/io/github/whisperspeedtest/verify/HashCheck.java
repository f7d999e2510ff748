package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.model.ModelFile;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds out whether contents are what their hashes say. */
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
                    wrong.add(file.file() + " hashes to " + actual + ", but " + expected + " was expected.");
                }
            } catch (IOException e) {
                wrong.add(file.file() + " cannot be read: " + e + ".");
            }
        }
        if (!wrong.isEmpty()) {
            return Finding.incomplete(Problem.HASH, String.join(" ", wrong) + " Download it again.");
        }
        String hashed =
                "The hashes of " + (files.size() - unknown.size()) + " of " + files.size() + " files are right.";
        return Finding.complete(
                unknown.isEmpty()
                        ? hashed
                        : hashed + " None is known of " + String.join(" and ", unknown) + "; loading would tell more.",
                null);
    }
}
