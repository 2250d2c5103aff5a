package dev.dormouse.gateway;

import dev.dormouse.tls.Certificates;
import dev.dormouse.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A gateway with a TLS listener, whose certificates a local authority in the folder issues. */
final class TlsServed implements AutoCloseable {
    private static final String PARIS = "functions.fnc.fr-par.localhost";
    private static final String WARSAW = "functions.fnc.pl-waw.localhost";

    final Served served;
    private final Certificates certificates;
    private final Path folder;

    TlsServed(Path folder, String... settings) {
        this.folder = folder;
        certificates =
                Certificates.open(
                        new TlsSettings(
                                List.of(),
                                List.of(PARIS, WARSAW),
                                folder,
                                authority(),
                                Duration.ofHours(1)),
                        InstantSource.system(),
                        new SecureRandom());
        served = new Served(Optional.of(certificates.keyManager()), settings);
    }

    int port() {
        return served.gateway.tlsPort().orElseThrow();
    }

    /** A client that trusts the authority. */
    TlsCall call(String host) {
        return new TlsCall(port(), authority(), host);
    }

    private Path authority() {
        return folder.resolve("ca.pem");
    }

    @Override
    public void close() throws IOException {
        served.close();
        certificates.close();
    }
}
