package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.files.Placeholder;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks for a model that is stored as plain files. */
final class PlainPresence {
    private final ModelInfo model;
    private final List<ModelFile> files = new ArrayList<>();
    private final List<Path> partialFiles = new ArrayList<>();
    private final List<String> absent = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    private PlainPresence(ModelInfo model) {
        this.model = model;
    }

    static ModelPresence look(ModelInfo model, ModelPlace place) {
        PlainPresence presence = new PlainPresence(model);
        model.localPaths().forEach(presence::lookAt);
        return presence.result(place);
    }

    private void lookAt(Path path) {
        if (!Files.exists(path)) {
            noteAbsent(path);
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                broken.add(path + " is not a file.");
            } else if (!Files.isReadable(path)) {
                broken.add(path + " is not readable. Check its permissions.");
            } else if (attributes.size() == 0) {
                broken.add(path + " is empty.");
            } else {
                Placeholder.describe(path).ifPresent(found -> broken.add(path + " " + found + "."));
                files.add(new ModelFile(
                        path.getFileName().toString(),
                        path,
                        path.toRealPath(),
                        attributes.size(),
                        attributes.lastModifiedTime().toInstant(),
                        null,
                        publishedHash(path)));
            }
        } catch (IOException e) {
            broken.add("Cannot read " + path + ": " + DiskErrors.reason(e) + ".");
        }
    }

    private void noteAbsent(Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            broken.add(path + " is a broken link.");
            return;
        }
        absent.add(path + " does not exist.");
        for (Path partial : partialFilesOf(path)) {
            partialFiles.add(partial);
            broken.add("Its download was interrupted or is still running: " + partial + " has "
                    + ModelPresence.sizeOnDisk(List.of(partial)) + " bytes.");
        }
    }

    private static List<Path> partialFilesOf(Path path) {
        List<Path> found = new ArrayList<>();
        String start = path.getFileName() + ".";
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(path.getParent(), entry -> {
            String name = entry.getFileName().toString();
            return name.startsWith(start) && name.endsWith(".incomplete");
        })) {
            siblings.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            // If the directory is missing, there are no partial files either.
            return List.of();
        }
        found.sort(null);
        return found;
    }

    private @Nullable String publishedHash(Path path) {
        String name = path.getFileName().toString();
        return model.sources().stream()
                .flatMap(source -> source.sha256Of(name).stream())
                .findFirst()
                .orElse(null);
    }

    private ModelPresence result(ModelPlace place) {
        boolean nothing = files.isEmpty() && broken.isEmpty();
        State state = nothing ? State.MISSING : isWhole() ? State.PRESENT : State.INCOMPLETE;
        String reason =
                String.join(" ", Stream.concat(broken.stream(), absent.stream()).toList());
        return new ModelPresence(place, state, reason, model, model.localPaths(), files, partialFiles);
    }

    private boolean isWhole() {
        return absent.isEmpty() && broken.isEmpty();
    }
}
