package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are unreadable on the disk and useless away from their place and key. */
final class SealingTest {
    private static final String PLAIN = "correct horse battery staple";

    @TempDir Path parent;

    private final Samples samples = new Samples(new Random(1));
    private StoreSettings settings;

    @BeforeEach
    void chooseFolder() {
        settings = new StoreSettings(parent.resolve("data"), 16, Duration.ofSeconds(20), 2);
    }

    @Test
    void noFileHoldsASecretInPlainText() throws IOException {
        Namespace namespace = Variations.withSecrets(samples.namespace(), secret("N"));
        Container container = Variations.withSecrets(samples.container(namespace), secret("C"));
        Revision like = samples.revision(container, 1, Revision.State.LIVE);
        Revision revision =
                new Revision(
                        container.id(),
                        1,
                        1,
                        ExactImage.NONE,
                        container.workload(),
                        Map.of("MERGED", PLAIN),
                        "because",
                        Revision.State.LIVE,
                        "",
                        like.createdAt());
        try (Store store = Store.open(settings)) {
            store.write(tables -> {
                tables.namespaces().insert(namespace);
                tables.containers().insert(container);
                tables.revisions().insert(revision);
                return true;
            });

            assertThat(filesWith(namespace.name())).as("what is not secret").isNotEmpty();
            assertThat(filesWith(PLAIN)).isEmpty();
        }
        assertThat(filesWith(namespace.name())).isNotEmpty();
        assertThat(filesWith(PLAIN)).as("after the log went into the database").isEmpty();
    }

    @Test
    void aSealedValueDoesNotOpenInAnotherRow() {
        Namespace namespace = samples.namespace();
        Container mine = Variations.withSecrets(samples.container(namespace), secret("S"));
        Container other = Variations.withSecrets(samples.container(namespace), Map.of());
        insert(namespace, mine, other);

        change(
                """
                UPDATE container SET secret_environment =
                    (SELECT c.secret_environment FROM container c WHERE c.id = '%s')
                WHERE id = '%s'
                """
                        .formatted(mine.id(), other.id()));

        try (Store store = Store.open(settings)) {
            Optional<Container> kept = store.read(tables -> tables.containers().find(mine.id()));
            assertThat(kept).contains(mine);
            StoreException thrown =
                    catchThrowableOfType(
                            StoreException.class,
                            () -> store.read(tables -> tables.containers().find(other.id())));
            assertThat(thrown.kind()).isEqualTo(StoreException.Kind.BROKEN);
            assertThat(thrown)
                    .hasMessageContaining(other.id().toString())
                    .hasMessageNotContaining(PLAIN);
        }
    }

    @Test
    void aSealedValueDoesNotOpenUnderAnotherName() {
        Namespace namespace = samples.namespace();
        Container mine = Variations.withSecrets(samples.container(namespace), secret("MINE"));
        insert(namespace, mine);

        change(
                "UPDATE container SET secret_environment ="
                        + " replace(secret_environment, 'MINE', 'YOURS')");

        try (Store store = Store.open(settings)) {
            StoreException thrown =
                    catchThrowableOfType(
                            StoreException.class,
                            () -> store.read(tables -> tables.containers().all()));
            assertThat(thrown.kind()).isEqualTo(StoreException.Kind.BROKEN);
        }
    }

    @Test
    void equalSecretsLookDifferent() {
        Namespace namespace = samples.namespace();
        insert(
                namespace,
                Variations.withSecrets(samples.container(namespace), secret("S")),
                Variations.withSecrets(samples.container(namespace), secret("S")));

        List<String> stored =
                database()
                        .withHandle(handle ->
                                handle.createQuery("SELECT c.secret_environment FROM container c")
                                        .mapTo(String.class)
                                        .list());

        assertThat(stored).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void keepsOthersOutOfItsFiles() throws IOException {
        try (Store _ = Store.open(settings)) {
            assertThat(mode(settings.dataDir())).isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(settings.dataDir())) {
                assertThat(files)
                        .hasSizeGreaterThanOrEqualTo(3)
                        .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void refusesADatabaseWhoseKeyIsMissingAndMakesNoNewOne() throws IOException {
        insert(samples.namespace());
        Files.delete(settings.keyFile());

        assertBroken("put it back");
        assertThat(settings.keyFile()).doesNotExist();
    }

    @Test
    void refusesAnotherKey() throws IOException {
        insert(samples.namespace());
        Files.delete(settings.keyFile());
        StoreSettings elsewhere =
                new StoreSettings(parent.resolve("other"), 16, Duration.ofSeconds(20), 2);
        Store.open(elsewhere).close();
        Files.copy(elsewhere.keyFile(), settings.keyFile());
        byte[] before = Files.readAllBytes(settings.keyFile());
        Files.setPosixFilePermissions(
                settings.keyFile(), PosixFilePermissions.fromString("rw-------"));

        assertBroken("is not the one");
        assertThat(settings.keyFile()).hasBinaryContent(before);
    }

    @Test
    void refusesADamagedKey() throws IOException {
        insert(samples.namespace());
        Files.writeString(settings.keyFile(), "c2hvcnQ=\n");

        assertBroken("does not hold a key");
    }

    @Test
    void refusesAKeyThatOthersMayRead() throws IOException {
        insert(samples.namespace());
        Files.setPosixFilePermissions(
                settings.keyFile(), PosixFilePermissions.fromString("rw-r-----"));

        assertBroken("chmod 600");
    }

    private void assertBroken(String message) {
        StoreException thrown =
                catchThrowableOfType(StoreException.class, () -> Store.open(settings));
        assertThat(thrown.kind()).isEqualTo(StoreException.Kind.BROKEN);
        assertThat(thrown)
                .hasMessageContaining(message)
                .hasMessageContaining(settings.keyFile().toString());
    }

    private void insert(Namespace namespace, Container... containers) {
        try (Store store = Store.open(settings)) {
            store.write(tables -> {
                tables.namespaces().insert(namespace);
                Stream.of(containers).forEach(tables.containers()::insert);
                return true;
            });
        }
    }

    private void change(String statement) {
        assertThat(database().<Integer, RuntimeException>withHandle(h -> h.execute(statement)))
                .isEqualTo(1);
    }

    private Jdbi database() {
        return Jdbi.create("jdbc:sqlite:" + settings.database());
    }

    private List<Path> filesWith(String text) throws IOException {
        try (Stream<Path> files = Files.list(settings.dataDir())) {
            return files.filter(file -> bytes(file).contains(text)).toList();
        }
    }

    private static String bytes(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Secret> secret(String name) {
        return Map.of(name, new Secret(PLAIN, "$argon2id$v=19$hash"));
    }
}
