package io.github.whisperspeedtest.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Headings under which the help lists options, in this order. */
enum OptionGroup {
    COMMON("Common options"),
    DECODING("Decoding options"),
    ENGINE("Engine options"),
    MODELS("Model options"),
    SPARK("Spark options"),
    OUTPUT("Output options");

    private final String heading;

    OptionGroup(String heading) {
        this.heading = heading;
    }

    String heading() {
        return heading;
    }

    /** Puts an option into a group; without it an option is a common one. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.FIELD, ElementType.PARAMETER})
    @interface In {
        OptionGroup value();
    }
}
