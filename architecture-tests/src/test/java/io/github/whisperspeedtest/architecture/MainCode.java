package io.github.whisperspeedtest.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The classes of the modules' main artifacts: compiled directories in {@code mvn test}, jars in {@code mvn verify}. */
final class MainCode implements ImportOption {
    static final String BASE = "io.github.whisperspeedtest";

    private static final Pattern MODULE = Pattern.compile(".*/([^/]+)/target/(?:classes/|[^/]+(?<!-tests)\\.jar!/).*");

    @Override
    public boolean includes(Location location) {
        return location.matches(MODULE);
    }

    /** Returns the directory name of the module that a class belongs to. */
    static String moduleOf(JavaClass type) {
        String location = type.getSource().orElseThrow().getUri().toString();
        Matcher module = MODULE.matcher(location);
        if (!module.matches()) {
            throw new IllegalArgumentException("not below a module's target directory: " + location);
        }
        return module.group(1);
    }

    /** Returns the name of a class below {@link #BASE}. */
    static String nameOf(JavaClass type) {
        return type.getName().substring(BASE.length() + 1);
    }

    /** Returns the top-level class that a class or the elements of an array belong to. */
    static JavaClass outermost(JavaClass type) {
        return type.getBaseComponentType()
                .getEnclosingClass()
                .map(MainCode::outermost)
                .orElse(type.getBaseComponentType());
    }
}
