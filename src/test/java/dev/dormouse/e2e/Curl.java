package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command that people call endpoints with. Names under .localhost are this machine to it. */
final class Curl {
    private static final long SECONDS_MAX = 120;

    private Curl() {}

    /** How it ended, and what it said on both outputs. */
    record Said(int exitCode, String output) {}

    /** Without a deadline, with which curl waits for its input alone if that is to be uploaded. */
    static List<String> command(String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "--silent",
                                "--show-error",
                                "--noproxy",
                                "*",
                                "--connect-to",
                                "::127.0.0.1:"));
        command.addAll(List.of(arguments));
        return command;
    }

    static Said run(String... arguments) throws IOException, InterruptedException {
        List<String> command = command(arguments);
        command.addAll(List.of("--max-time", Long.toString(SECONDS_MAX)));
        Path output = Files.createTempFile("curl", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(SECONDS_MAX + 10, TimeUnit.SECONDS)).isTrue();
            return new Said(
                    process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
