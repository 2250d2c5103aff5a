package dev.dormouse.tls;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Where certificates come from.
 *
 * @param given the files that were named, the first for callers who ask for no name or an unknown
 * @param domains the endpoint domains, which get a local certificate where none is given
 * @param folder where the local authority and what it issued are kept
 * @param authorityCertificate where its certificate is put for those who shall trust it
 * @param checkEvery how often files and ends of validity are looked at
 */
public record TlsSettings(
        List<Files> given,
        List<String> domains,
        Path folder,
        Path authorityCertificate,
        Duration checkEvery) {
    private static final String CERTIFICATES = "DORMOUSE_TLS_CERTIFICATES";

    /**
     * The two files of one certificate.
     *
     * @param chain the certificate, then those that lead to its authority, as PEM
     * @param key its private key, as PEM, not encrypted
     */
    public record Files(Path chain, Path key) {}

    /** Files that others write are to be seen soon. */
    private static final Duration GIVEN_EVERY = Duration.ofSeconds(10);

    /** Our own certificates are renewed days before they end. */
    private static final Duration OURS_EVERY = Duration.ofMinutes(10);

    public TlsSettings {
        given = List.copyOf(given);
        domains = List.copyOf(domains);
    }

    /** Reads {@code DORMOUSE_TLS_CERTIFICATES} and {@code DORMOUSE_TLS_CHECK_EVERY}. */
    public static TlsSettings from(Source source, ServerSettings server) {
        List<Files> given =
                source.optional(CERTIFICATES).map(text -> given(source, text)).orElse(List.of());
        return new TlsSettings(
                given,
                server.endpoints().domains(),
                server.tlsFolder(),
                server.authorityCertificate(),
                source.duration(
                        "DORMOUSE_TLS_CHECK_EVERY", given.isEmpty() ? OURS_EVERY : GIVEN_EVERY));
    }

    private static List<Files> given(Source source, String text) {
        try {
            return Arrays.stream(text.split(",")).map(TlsSettings::files).toList();
        } catch (IllegalArgumentException e) {
            source.mistake(
                    CERTIFICATES,
                    text,
                    "CHAIN:KEY for each certificate, separated by commas, such as"
                            + " /etc/ssl/shop.pem:/etc/ssl/shop.key");
            return List.of();
        }
    }

    private static Files files(String text) {
        String[] paths = text.strip().split(":", -1);
        if (paths.length != 2 || paths[0].isBlank() || paths[1].isBlank()) {
            throw new IllegalArgumentException(text);
        }
        return new Files(path(paths[0]), path(paths[1]));
    }

    /** {@link InvalidPathException} is an {@link IllegalArgumentException}. */
    private static Path path(String text) {
        return Path.of(text.strip()).toAbsolutePath();
    }
}
