package dev.dormouse.auth;

import dev.dormouse.config.Listen;
import dev.dormouse.model.ApiKey;
import dev.dormouse.model.PermissionSet;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Lets the first caller in: when there is no key at all, makes an organization and a project of the
 * same id and one key that may do everything in them. The server keeps only the secret's hash; the
 * secret goes into the file {@code credentials} in the data folder.
 */
public final class FirstStart {
    private final Path dataDir;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * @param dataDir exists and can be written to
     * @param random cannot be guessed
     */
    public FirstStart(Path dataDir, InstantSource clock, RandomGenerator random) {
        this.dataDir = dataDir;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes the first key unless there are keys. The file is written before the key is kept: a
     * start that ends in between makes another key next time, where the other order would lock
     * everybody out.
     *
     * @param existing all keys there are
     * @param listen where the API will listen
     * @param keep stores the key durably
     */
    public void ensureKey(Collection<ApiKey> existing, Listen listen, Consumer<ApiKey> keep) {
        if (!existing.isEmpty()) {
            return;
        }
        UUID organizationAndProject = NewKey.randomUuid(random);
        NewKey first =
                NewKey.make(
                        new NewKey.Order(
                                "The first key",
                                organizationAndProject,
                                organizationAndProject,
                                EnumSet.of(
                                        PermissionSet.AllProductsFullAccess,
                                        PermissionSet.ContainersPrivateAccess,
                                        PermissionSet.IAMManager),
                                Optional.empty()),
                        clock.instant().truncatedTo(ChronoUnit.MICROS),
                        random);
        new Credentials(dataDir).write(first, apiUrl(listen));
        keep.accept(first.key());
    }

    /** Tells the credentials file where the API listens now. */
    public void refreshUrl(Listen listen) {
        new Credentials(dataDir).refresh(apiUrl(listen));
    }

    /** The URL under which a client on this machine reaches the API; no slash at the end. */
    static String apiUrl(Listen listen) {
        String host =
                switch (listen.host()) {
                    case "0.0.0.0" -> "127.0.0.1";
                    case "::" -> "::1";
                    default -> listen.host();
                };
        return "http://" + new Listen(host, listen.port());
    }
}
