package dev.dormouse.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A data folder, and beside it certificates that somebody brought. */
final class Folder {
    static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    static final String PARIS = "functions.fnc.fr-par.localhost";
    static final String WARSAW = "functions.fnc.pl-waw.localhost";

    final Issuer issuer = new Issuer(new SecureRandom());
    private final Path root;

    Folder(Path root) {
        this.root = root;
    }

    Path tls() {
        return root.resolve("tls");
    }

    Path authorityCertificate() {
        return tls().resolve("ca.pem");
    }

    TlsSettings settings(TlsSettings.Files... given) {
        return new TlsSettings(
                List.of(given),
                List.of(PARIS, WARSAW),
                tls(),
                authorityCertificate(),
                Duration.ofHours(1));
    }

    /** Writes a certificate for the host, by an authority of somebody else. */
    TlsSettings.Files bring(String file, String host) throws IOException {
        return write(file, brought(host));
    }

    Identity brought(String host) {
        return issuer.server(issuer.authority(NOON), List.of(host), List.of(), NOON);
    }

    TlsSettings.Files write(String file, Identity identity) throws IOException {
        TlsSettings.Files files =
                new TlsSettings.Files(root.resolve(file + ".pem"), root.resolve(file + ".key"));
        Files.writeString(files.chain(), Pem.write(identity.certificate()));
        Files.writeString(files.key(), Pem.write(identity));
        return files;
    }
}
