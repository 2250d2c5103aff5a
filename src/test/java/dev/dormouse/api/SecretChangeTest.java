package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretChangeTest {
    private static final Map<String, Secret> STORED = Map.of("A", new Secret("a", "hash of a"));

    private final SecretHasher hasher =
            new SecretHasher(new SecureRandom(), Duration.ofSeconds(30));

    @AfterEach
    void stop() {
        hasher.close();
    }

    private static Fields fields(String secrets) {
        return new Fields(
                Json.body(
                        "{\"secret_environment_variables\":%s}"
                                .formatted(secrets)
                                .getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void nothingSaidIsNothingChanged() {
        assertThat(SecretChange.of(fields("null"), STORED, hasher).applyTo(STORED))
                .isEqualTo(STORED);
    }

    @Test
    void keptSecretsAreNotHashed() {
        SecretChange change = SecretChange.of(fields("{\"A\":\"\"}"), STORED, hasher);

        assertThat(change.hashed()).isEmpty();
        assertThat(change.applyTo(STORED)).isEqualTo(STORED);
    }

    @Test
    void aKeptSecretThatIsGoneMeanwhileAsksForAnotherRound() {
        SecretChange change = SecretChange.of(fields("{\"A\":\"\"}"), STORED, hasher);

        assertThatThrownBy(() -> change.applyTo(Map.of()))
                .isInstanceOf(SecretChange.StaleHintException.class);
    }

    @Test
    void theOtherRoundCannotFail() {
        SecretChange change = SecretChange.of(fields("{\"A\":\"\"}"), Map.of(), hasher);

        assertThat(change.applyTo(STORED)).isEqualTo(STORED);
        assertThat(change.applyTo(Map.of()))
                .hasEntrySatisfying("A", secret -> assertThat(secret.value()).isEmpty());
    }
}
