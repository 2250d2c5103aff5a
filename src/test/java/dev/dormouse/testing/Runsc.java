package dev.dormouse.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * gVisor's runtime for an {@link OwnEngine}: the program that the system property {@code
 * dormouse.runsc} names, or that is on the path. {@code ./dormouse test gvisor} builds one.
 */
public final class Runsc {
    /** What engines call it. */
    public static final String NAME = "runsc";

    private Runsc() {}

    /** An engine that has it; the test is skipped where there is none. */
    public static OwnEngine.Options options(String diskSize) {
        Optional<Path> program = program();
        assumeTrue(
                program.isPresent(),
                "no runsc: ./dormouse test gvisor builds one and runs what needs it");
        // where servers look for cgroups, so that they could freeze what does not bear it
        return new OwnEngine.Options(
                true,
                diskSize,
                List.of(
                        "--config-file=" + configuration(program.orElseThrow()),
                        "--cgroup-parent=/docker"));
    }

    private static Optional<Path> program() {
        return Stream.concat(
                        Stream.ofNullable(System.getProperty("dormouse.runsc")),
                        Stream.of(System.getenv("PATH").split(":", -1))
                                .map(folder -> folder + "/" + NAME))
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path configuration(Path program) {
        try {
            Path file = Files.createTempFile("dormouse-runsc", ".json");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file,
                    """
                    {"runtimes": {"%s": {"path": "%s", "runtimeArgs": ["--overlay2=none"]}}}
                    """
                            .formatted(NAME, program));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
