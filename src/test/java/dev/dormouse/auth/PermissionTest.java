package dev.dormouse.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.model.PermissionSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PermissionTest {
    private static final List<String> ALL =
            List.of(
                    "namespace.read",
                    "namespace.write",
                    "container.read",
                    "container.write",
                    "api_key.read",
                    "api_key.write");

    private static final Map<PermissionSet, Set<String>> GIVES =
            Map.of(
                    PermissionSet.ContainersReadOnly, Set.of("namespace.read", "container.read"),
                    PermissionSet.ContainersFullAccess,
                            Set.of(
                                    "namespace.read",
                                    "namespace.write",
                                    "container.read",
                                    "container.write"),
                    PermissionSet.ContainersPrivateAccess, Set.of(),
                    PermissionSet.AllProductsFullAccess,
                            Set.of(
                                    "namespace.read",
                                    "namespace.write",
                                    "container.read",
                                    "container.write"),
                    PermissionSet.IAMManager, Set.of("api_key.read", "api_key.write"));

    @Test
    void everySetGivesWhatItsNameSaysAndNothingElse() {
        assertThat(GIVES.keySet()).isEqualTo(EnumSet.allOf(PermissionSet.class));
        GIVES.forEach((set, given) -> {
            for (String text : ALL) {
                assertThat(Permission.parse(text).isGivenBy(EnumSet.of(set)))
                        .as(set + " " + text)
                        .isEqualTo(given.contains(text));
            }
        });
    }

    @Test
    void noSetGivesNothing() {
        assertThat(Permission.parse("container.read").isGivenBy(Set.of())).isFalse();
    }

    @Test
    void unheardOfPermissionsAreRefused() {
        for (String text : List.of("", "container", "container.fly", "cat.read")) {
            assertThatThrownBy(() -> Permission.parse(text))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
