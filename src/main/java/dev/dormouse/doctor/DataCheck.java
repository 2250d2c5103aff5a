package dev.dormouse.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The data folder: whether it can be written, who may read it, and how much room there is. */
final class DataCheck implements Check {
    private static final String ABOUT = "data folder";
    private static final String OWNER_ONLY = "rwx------";

    private final Path folder;

    DataCheck(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<Finding> look() {
        Path there = folder;
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(writing(there));
        if (there.equals(folder)) {
            mode(findings);
        }
        findings.addAll(new SpaceCheck("disk", there).look());
        return findings;
    }

    /** By writing, for a disk that is mounted read-only looks like any other. */
    private Finding writing(Path there) {
        try {
            Files.delete(Files.createTempFile(there, "doctor", ".tmp"));
        } catch (IOException e) {
            return new Finding.Failure(
                    ABOUT,
                    "%s cannot be written: %s".formatted(there, e),
                    "give it to %s, or set DORMOUSE_DATA_DIR"
                            .formatted(System.getProperty("user.name")));
        }
        return new Finding.Ok(
                ABOUT,
                there.equals(folder)
                        ? folder + " can be written"
                        : "%s is made at the first start".formatted(folder));
    }

    private void mode(List<Finding> findings) {
        try {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
            if (!mode.equals(OWNER_ONLY)) {
                findings.add(
                        new Finding.Warning(
                                ABOUT,
                                "%s has the mode %s, and holds keys".formatted(folder, mode),
                                "chmod 700 %s, as the server's next start does".formatted(folder)));
            }
        } catch (IOException | UnsupportedOperationException e) {
            findings.add(
                    new Finding.Warning(
                            ABOUT,
                            "who may read %s is not known: %s".formatted(folder, e),
                            "see to it that only its owner can"));
        }
    }
}
