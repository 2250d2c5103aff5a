package dev.dormouse.tls;

import dev.dormouse.config.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local authority: made once, kept in a file with its key, and made anew only when it is about
 * to end. Its certificate alone is in a file beside, for those who shall trust it. For one thread.
 */
final class Authority {
    private static final Logger LOG = LoggerFactory.getLogger(Authority.class);

    private final Path file;
    private final Path certificateFile;
    private final Issuer issuer;
    private @Nullable Identity identity;

    Authority(TlsSettings settings, Issuer issuer) {
        this.file = settings.folder().resolve("authority.pem");
        this.certificateFile = settings.authorityCertificate();
        this.issuer = issuer;
    }

    /**
     * The authority in whose name certificates are issued now.
     *
     * @throws TlsException if it is damaged: another would have to be trusted anew by everybody, so
     *     that is not for the server to decide
     */
    Identity at(Instant now) throws IOException {
        Identity current = identity;
        if (current == null && Files.exists(file)) {
            current = read();
        }
        if (current == null || current.endsWithin(Issuer.SERVER_VALIDITY, now)) {
            current = issuer.authority(now);
            PrivateFile.write(file, Pem.write(current));
            LOG.atInfo()
                    .addKeyValue("name", current.certificate().getSubjectX500Principal())
                    .log(
                            "A local certificate authority was made; dormouse trust tells how to trust it");
        }
        if (!current.equals(identity) || Files.notExists(certificateFile)) {
            PrivateFile.write(certificateFile, Pem.write(current.certificate()));
            identity = current;
        }
        return current;
    }

    private Identity read() throws IOException {
        String text = Files.readString(file);
        try {
            return Pem.readOwn(text);
        } catch (IOException e) {
            throw new TlsException(
                    "The local certificate authority %s is damaged (%s): put it back, or remove it to have another that must be trusted anew"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
