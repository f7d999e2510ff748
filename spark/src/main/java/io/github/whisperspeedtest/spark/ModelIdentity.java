package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.provenance.ModelProvenance;
import java.io.Serializable;

/** What exactly a model is. A class, because Kryo cannot create records. */
final class ModelIdentity implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The name that the user gave. */
    final String name;

    /** Its repository with the commit, or the name of its file. */
    final String source;

    /** SHA-256 of the files with the weights, with a space between them. */
    final String sha256;

    ModelIdentity(String name, ModelProvenance provenance) {
        this.name = name;
        source = provenance.describe();
        sha256 = provenance.weightsHash();
    }
}
