package io.github.whisperspeedtest.files.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Java classes that a page of documentation shows, by their full names. */
public final class DocumentedCode {
    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern TYPE = Pattern.compile("^(?:public )?(?:final )?class (\\w+)", Pattern.MULTILINE);

    private DocumentedCode() {}

    /** Returns the source of each class by its full name, in the order of the page. */
    public static Map<String, String> of(Path page) throws IOException {
        Map<String, String> classes = new LinkedHashMap<>();
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
            String code = block.group(1);
            Matcher type = TYPE.matcher(code);
            if (type.find()) {
                Matcher inPackage = PACKAGE.matcher(code);
                String prefix = inPackage.find() ? inPackage.group(1) + "." : "";
                classes.put(prefix + type.group(1), code);
            }
        }
        return classes;
    }
}
