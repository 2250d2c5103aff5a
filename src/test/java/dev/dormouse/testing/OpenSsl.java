package dev.dormouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The tool that people make keys and certificates with. */
public final class OpenSsl {
    private OpenSsl() {}

    /** Runs one of its commands in the folder; the arguments are separated by single spaces. */
    public static void run(Path folder, String arguments) throws IOException {
        Process process =
                new ProcessBuilder(("openssl " + arguments).split(" ", -1))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor()).as("%s: %s", arguments, output).isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
