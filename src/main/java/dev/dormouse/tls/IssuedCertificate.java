package dev.dormouse.tls;

import dev.dormouse.config.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local authority's certificate for an endpoint domain and this machine's own names. It is kept
 * in a file, and another is issued well before it ends.
 */
final class IssuedCertificate implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(IssuedCertificate.class);
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);
    private static final List<String> OWN_ADDRESSES = List.of("127.0.0.1", "::1");

    private final List<String> hosts;
    private final Path file;
    private final Authority authority;
    private final Issuer issuer;
    private @Nullable Identity identity;
    private @Nullable Identity issuedBy;

    IssuedCertificate(String domain, Path folder, Authority authority, Issuer issuer) {
        this.hosts = List.of("*." + domain, domain, "localhost");
        this.file = folder.resolve(domain + ".pem");
        this.authority = authority;
        this.issuer = issuer;
    }

    @Override
    public Identity at(Instant now) {
        try {
            Identity signer = authority.at(now);
            Identity last = identity;
            if (last == null
                    || !signer.equals(issuedBy)
                    || last.endsWithin(RENEWED_BEFORE_END, now)) {
                last = kept(signer, now).orElse(null);
                if (last == null) {
                    last = issued(signer, now);
                }
                identity = last;
                issuedBy = signer;
            }
            return last;
        } catch (IOException e) {
            throw new TlsException("The certificate %s cannot be had: %s".formatted(file, e), e);
        }
    }

    private Identity issued(Identity signer, Instant now) throws IOException {
        Identity fresh = issuer.server(signer, hosts, OWN_ADDRESSES, now);
        PrivateFile.write(file, Pem.write(fresh));
        LOG.atInfo()
                .addKeyValue("hosts", hosts)
                .addKeyValue("until", fresh.certificate().getNotAfter().toInstant())
                .log("A certificate was issued");
        return fresh;
    }

    private Optional<Identity> kept(Identity signer, Instant now) throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file);
        try {
            return Optional.of(Pem.readOwn(text))
                    .filter(one ->
                            one.isIssuedBy(signer)
                                    && one.isFor(hosts)
                                    && !one.endsWithin(RENEWED_BEFORE_END, now));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("because", e.getMessage())
                    .log("A damaged certificate is issued anew");
            return Optional.empty();
        }
    }
}
