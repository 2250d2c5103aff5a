package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCredentialsTest {
    private static final String PAIR =
            Base64.getEncoder().encodeToString("al:s:ecret".getBytes(StandardCharsets.UTF_8));

    @TempDir private Path folder = Path.of("");

    private Optional<AuthConfig> of(String registry, String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        return new RegistryCredentials(folder, folder.resolve("helper-").toString()).of(registry);
    }

    private void helper(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("helper-" + name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aLoginInTheFileItselfIsUsed() throws Exception {
        AuthConfig found =
                of("h:5000", "{\"auths\":{\"h:5000\":{\"auth\":\"%s\"}}}".formatted(PAIR))
                        .orElseThrow();

        assertThat(found.getUsername()).isEqualTo("al");
        assertThat(found.getPassword()).isEqualTo("s:ecret");
    }

    @Test
    void dockerHubHasItsOldName() throws Exception {
        String config =
                "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"%s\"}}}".formatted(PAIR);

        assertThat(of("docker.io", config)).isPresent();
        assertThat(of("h:5000", config)).isEmpty();
    }

    @Test
    void aHelperIsAskedForItsRegistry() throws Exception {
        helper(
                "vault",
                "read key; echo \"{\\\"Username\\\":\\\"$1\\\",\\\"Secret\\\":\\\"$key\\\"}\"\n");

        AuthConfig found = of("h:5000", "{\"credHelpers\":{\"h:5000\":\"vault\"}}").orElseThrow();

        assertThat(found.getUsername()).isEqualTo("get");
        assertThat(found.getPassword()).isEqualTo("h:5000");
    }

    @Test
    void aHelpersTokenIsAToken() throws Exception {
        helper("store", "echo '{\"Username\":\"<token>\",\"Secret\":\"t0k\"}'\n");

        assertThat(of("h:5000", "{\"credsStore\":\"store\"}").orElseThrow().getIdentitytoken())
                .isEqualTo("t0k");
    }

    @Test
    void aHelperThatFailsOrIsMissingLeavesTheFile() throws Exception {
        helper("broken", "exit 1\n");
        String auths = ",\"auths\":{\"h:5000\":{\"auth\":\"%s\"}}}".formatted(PAIR);

        assertThat(of("h:5000", "{\"credsStore\":\"broken\"" + auths)).isPresent();
        assertThat(of("h:5000", "{\"credsStore\":\"missing\"" + auths)).isPresent();
        assertThat(of("h:5000", "{\"credsStore\":\"../../evil\"" + auths)).isPresent();
    }

    @Test
    void noFileABrokenFileAndNoLoginAreNoCredentials() throws Exception {
        assertThat(new RegistryCredentials(folder.resolve("absent")).of("h:5000")).isEmpty();
        assertThat(of("h:5000", "{nonsense")).isEmpty();
        assertThat(of("h:5000", "{\"auths\":{\"h:5000\":{}}}")).isEmpty();
        assertThat(of("h:5000", "{\"auths\":{\"h:5000\":{\"auth\":\"%%%\"}}}")).isEmpty();
    }
}
