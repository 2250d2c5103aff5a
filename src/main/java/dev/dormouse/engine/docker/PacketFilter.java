package dev.dormouse.engine.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The kernel's packet filter of one version of IP, by the programs that the engine uses for it.
 *
 * @param program {@code iptables} or {@code ip6tables}
 */
record PacketFilter(String program) {
    /** How long to wait for another program that is changing the filter. */
    private static final String LOCK_SECONDS = "5";

    private static final long DEADLINE_SECONDS = 15;
    private static final List<String> USUAL_FOLDERS =
            List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin");

    /** The filter table as it is, in the program's own words. */
    String save() throws IOException {
        return run(List.of(program + "-save", "-t", "filter"), "");
    }

    /** Carries the document out, wholly or not at all, and leaves what it does not name. */
    void restore(String document) throws IOException {
        run(List.of(program + "-restore", "--wait", LOCK_SECONDS, "--noflush"), document);
    }

    private String run(List<String> command, String input) throws IOException {
        List<String> located = new ArrayList<>(command);
        located.set(0, locate(command.getFirst()).toString());
        Process process = new ProcessBuilder(located).redirectErrorStream(true).start();
        FutureTask<String> output =
                new FutureTask<>(() ->
                        new String(
                                process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        Thread.ofVirtual().name("packet-filter").start(output);
        try {
            try (var to = process.getOutputStream()) {
                to.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command.getFirst() + ": " + firstLine(output.get()));
            }
            return output.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(command.getFirst() + " was interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(command.getFirst() + " cannot be read", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String firstLine(String output) {
        return output.lines().findFirst().orElse("no word of why");
    }

    /** Services are often started without the folders of the administrator's programs. */
    private static Path locate(String name) throws IOException {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Arrays.stream(path.split(":")), USUAL_FOLDERS.stream())
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException(name + " is not installed"));
    }
}
