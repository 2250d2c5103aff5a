package dev.dormouse.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "trust",
        mixinStandardHelpOptions = true,
        description = {
            "Tells how to trust the authority that issues this server's certificates.",
            "Where DORMOUSE_TLS_CERTIFICATES gives certificates for all endpoints, none is needed."
        })
final class TrustCommand implements Callable<Integer> {
    @Option(names = "--pem", description = "print the authority's certificate instead")
    private boolean pem;

    private final Session session;

    TrustCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path file = session.server().authorityCertificate();
        String certificate = read(file);
        session.console().result(pem ? certificate.strip() : howTo(file));
        return 0;
    }

    private String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandException(
                    "The server of %s has no authority of its own: it was never started, listens without TLS, or was given certificates for all its endpoints."
                            .formatted(session.server().dataDir()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String howTo(Path file) {
        return """
        This server's certificates are issued by its own authority, whose certificate is
          %1$s
        It is made once and valid for ten years. On this machine or any other, trust it

        for one call:
          curl --cacert %1$s https://…
        in one program's environment:
          CURL_CA_BUNDLE, SSL_CERT_FILE (OpenSSL, Go), REQUESTS_CA_BUNDLE (Python's requests),
          NODE_EXTRA_CA_CERTS (Node.js), each with that file's path
        in the whole system (Debian, Ubuntu), as root:
          cp %1$s /usr/local/share/ca-certificates/dormouse.crt && update-ca-certificates
        in Chrome and Chromium on Linux (certutil is in libnss3-tools):
          certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Dormouse -i %1$s
        in Firefox:
          Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import
        in a Java program:
          keytool -importcert -cacerts -alias dormouse -file %1$s

        ./dormouse trust --pem prints the certificate, to be taken to another machine.\
        """
                .formatted(file);
    }
}
