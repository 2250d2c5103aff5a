package dev.dormouse.tls;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A certificate that, once had, stays when a later one cannot be had. For one thread. */
final class Kept {
    private static final Logger LOG = LoggerFactory.getLogger(Kept.class);

    private final CertificateSource source;
    private @Nullable Identity last;
    private String told = "";

    Kept(CertificateSource source) {
        this.source = source;
    }

    /**
     * The newest there is; what is wrong with a newer one is logged once.
     *
     * @throws TlsException if there never was one
     */
    Identity at(Instant now) {
        try {
            Identity fresh = source.at(now);
            if (last != null && !fresh.equals(last)) {
                LOG.atInfo()
                        .addKeyValue("names", fresh.names())
                        .addKeyValue("until", fresh.certificate().getNotAfter().toInstant())
                        .log("A certificate takes the place of another");
            }
            last = fresh;
            told = "";
            return fresh;
        } catch (TlsException e) {
            Identity old = last;
            if (old == null) {
                throw e;
            }
            String why = String.valueOf(e.getMessage());
            if (!why.equals(told)) {
                told = why;
                LOG.atWarn()
                        .addKeyValue("because", why)
                        .log("A new certificate cannot be used, the old one stays");
            }
            return old;
        }
    }
}
