package dev.dormouse.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of a server, kept up to date: files that change are read again, and what the
 * local authority issued is renewed before it ends. Handshakes see the newest without a restart.
 */
public final class Certificates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final TlsSettings settings;
    private final InstantSource clock;
    private final List<Kept> given;
    private final Map<String, Kept> issued = new LinkedHashMap<>();
    private final Thread watch =
            Thread.ofVirtual().name("certificates").unstarted(this::lookAgainAndAgain);
    private volatile Choice choice = Choice.NONE;

    private Certificates(TlsSettings settings, InstantSource clock, SecureRandom random) {
        this.settings = settings;
        this.clock = clock;
        this.given =
                settings.given().stream()
                        .map(files -> new Kept(new GivenCertificate(files)))
                        .toList();
        Issuer issuer = new Issuer(random);
        Authority authority = new Authority(settings, issuer);
        for (String domain : settings.domains()) {
            issued.put(
                    domain,
                    new Kept(new IssuedCertificate(domain, settings.folder(), authority, issuer)));
        }
    }

    /**
     * Has every certificate at hand, and looks after them from then on.
     *
     * @throws TlsException if one of them cannot be used
     */
    public static Certificates open(
            TlsSettings settings, InstantSource clock, SecureRandom random) {
        Certificates certificates = new Certificates(settings, clock, random);
        try {
            certificates.look();
        } catch (RuntimeException e) {
            certificates.close();
            throw e;
        }
        certificates.watch.start();
        return certificates;
    }

    /** What a TLS listener shows; always the newest. */
    public X509ExtendedKeyManager keyManager() {
        return new SniKeyManager(this::choice);
    }

    /** What is shown now. */
    Choice choice() {
        return choice;
    }

    /** One look at all: an endpoint domain that no given certificate is for gets a local one. */
    synchronized void look() {
        Instant now = clock.instant();
        List<Identity> all = new ArrayList<>();
        given.forEach(one -> all.add(one.at(now)));
        Choice ofGiven = Choice.NONE.next(all);
        issued.forEach((domain, one) -> {
            if (!ofGiven.covers("any." + domain)) {
                makeFolder();
                all.add(one.at(now));
            }
        });
        if (all.size() == given.size()) {
            withdrawAuthority();
        }
        choice = choice.next(all);
    }

    private void lookAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(settings.checkEvery());
                lookAgain();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("The certificates could not be looked at");
        }
    }

    private void makeFolder() {
        try {
            Files.createDirectories(settings.folder());
        } catch (IOException e) {
            throw new TlsException(
                    "The folder %s cannot be made: %s".formatted(settings.folder(), e), e);
        }
    }

    /** Nobody is to be told to trust an authority that vouches for nothing. */
    private void withdrawAuthority() {
        try {
            Files.deleteIfExists(settings.authorityCertificate());
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("The local authority's certificate could not be removed");
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
