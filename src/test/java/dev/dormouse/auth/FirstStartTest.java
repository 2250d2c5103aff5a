package dev.dormouse.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.config.Listen;
import dev.dormouse.model.ApiKey;
import dev.dormouse.model.PermissionSet;
import dev.dormouse.testing.Samples;
import dev.dormouse.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstStartTest {
    private static final Listen LISTEN = new Listen("0.0.0.0", 8080);

    @TempDir private Path folder;
    private final List<ApiKey> kept = new ArrayList<>();

    private FirstStart firstStart() {
        return new FirstStart(folder, new SettableClock(Samples.NOON), new SecureRandom());
    }

    private Map<String, String> credentials() throws IOException {
        Map<String, String> lines = new HashMap<>();
        for (String line : Files.readAllLines(folder.resolve("credentials"))) {
            lines.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        return lines;
    }

    @Test
    void makesOneKeyThatMayDoEverything() throws IOException {
        firstStart().ensureKey(List.of(), LISTEN, kept::add);

        ApiKey key = kept.getFirst();
        assertThat(key.accessKey()).matches("SCW[A-Z0-9]{17}");
        assertThat(key.organizationId()).isEqualTo(key.projectId());
        assertThat(key.projectId().version()).isEqualTo(4);
        assertThat(key.permissionSets())
                .containsExactlyInAnyOrder(
                        PermissionSet.AllProductsFullAccess,
                        PermissionSet.ContainersPrivateAccess,
                        PermissionSet.IAMManager);
        Map<String, String> credentials = credentials();
        String secret = Optional.ofNullable(credentials.get("SCW_SECRET_KEY")).orElseThrow();
        assertThat(new KeyRing(kept).find(secret)).contains(key);
        assertThat(key.toString()).doesNotContain(secret);
        assertThat(credentials)
                .containsEntry("SCW_API_URL", "http://127.0.0.1:8080")
                .containsEntry("SCW_ACCESS_KEY", key.accessKey())
                .containsEntry("SCW_DEFAULT_ORGANIZATION_ID", key.organizationId().toString())
                .containsEntry("SCW_DEFAULT_PROJECT_ID", key.projectId().toString())
                .containsEntry("SCW_DEFAULT_REGION", "fr-par")
                .hasSize(6);
    }

    @Test
    void onlyTheOwnerReadsTheFileAndNothingElseIsLeft() throws IOException {
        firstStart().ensureKey(List.of(), LISTEN, kept::add);

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("credentials"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("credentials"));
        }
    }

    @Test
    void laterStartsChangeOnlyTheUrl() throws IOException {
        firstStart().ensureKey(List.of(), LISTEN, kept::add);
        Map<String, String> before = credentials();

        firstStart().ensureKey(kept, LISTEN, kept::add);
        firstStart().refreshUrl(new Listen("::", 9090));

        assertThat(kept).hasSize(1);
        before.put("SCW_API_URL", "http://[::1]:9090");
        assertThat(credentials()).isEqualTo(before);
    }

    @Test
    void aFileThatWasTakenAwayIsNotMadeAgain() {
        firstStart().refreshUrl(LISTEN);

        assertThat(folder.resolve("credentials")).doesNotExist();
    }

    @Test
    void aKeyThatCouldNotBeKeptIsMadeAnewNextTime() throws IOException {
        assertThatThrownBy(() ->
                        firstStart()
                                .ensureKey(
                                        List.of(),
                                        LISTEN,
                                        key -> {
                                            throw new IllegalStateException("killed");
                                        }))
                .hasMessage("killed");

        firstStart().ensureKey(List.of(), LISTEN, kept::add);

        assertThat(credentials()).containsEntry("SCW_ACCESS_KEY", kept.getFirst().accessKey());
    }
}
