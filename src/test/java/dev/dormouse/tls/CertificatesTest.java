package dev.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificatesTest {
    private static final String IN_PARIS = "shop-web." + Folder.PARIS;

    private final SettableClock clock = new SettableClock(Folder.NOON);
    private final List<Certificates> opened = new ArrayList<>();
    private Folder folder;

    @BeforeEach
    void make(@TempDir Path root) {
        folder = new Folder(root);
    }

    @AfterEach
    void close() {
        opened.forEach(Certificates::close);
    }

    @Test
    void everyEndpointDomainHasACertificateOfTheLocalAuthority() throws Exception {
        Certificates certificates = open();

        X509Certificate authority = authority();
        for (String domain : List.of(Folder.PARIS, Folder.WARSAW)) {
            X509Certificate shown = shown(certificates, "any." + domain).certificate();
            shown.verify(authority.getPublicKey());
            assertThat(shown.getSubjectAlternativeNames().toString())
                    .contains("*." + domain, "localhost", "127.0.0.1");
            assertThat(shown.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
            assertThat(shown.getBasicConstraints()).isEqualTo(-1);
        }
        assertThat(authority.getBasicConstraints()).isZero();
    }

    @Test
    void aLaterStartShowsTheSame() {
        Identity before = shown(open(), IN_PARIS);

        assertThat(shown(open(), IN_PARIS)).isEqualTo(before);
    }

    @Test
    void theFilesAreTheirOwnersAlone() throws IOException {
        open();

        try (var files = Files.list(folder.tls())) {
            assertThat(files.map(CertificatesTest::mode).toList())
                    .hasSize(4)
                    .containsOnly("rw-------");
        }
    }

    @Test
    void aCertificateIsRenewedWhileTheServerRunsAndTheAuthorityStays() throws Exception {
        Certificates certificates = open();
        Identity first = shown(certificates, IN_PARIS);
        X509Certificate authority = authority();

        clock.advance(Duration.ofDays(59));
        certificates.look();
        assertThat(shown(certificates, IN_PARIS)).isEqualTo(first);
        clock.advance(Duration.ofDays(2));
        certificates.look();

        X509Certificate second = shown(certificates, IN_PARIS).certificate();
        assertThat(second).isNotEqualTo(first.certificate());
        assertThat(second.getNotAfter()).isAfter(first.certificate().getNotAfter());
        second.verify(authority.getPublicKey());
        assertThat(authority()).isEqualTo(authority);
    }

    @Test
    void anAuthorityThatEndsIsReplacedAndWhatItIssuedToo() throws Exception {
        Certificates certificates = open();
        X509Certificate old = authority();

        clock.advance(Issuer.AUTHORITY_VALIDITY.minusDays(80));
        certificates.look();

        assertThat(authority()).isNotEqualTo(old);
        shown(certificates, IN_PARIS).certificate().verify(authority().getPublicKey());
    }

    @Test
    void aDamagedAuthorityIsNotReplaced() throws IOException {
        open();
        Files.writeString(folder.tls().resolve("authority.pem"), "nothing");

        assertThatThrownBy(this::open)
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("authority.pem is damaged");
    }

    @Test
    void aDamagedCertificateIsIssuedAnew() throws IOException {
        Identity before = shown(open(), IN_PARIS);
        Files.writeString(folder.tls().resolve(Folder.PARIS + ".pem"), "nothing");

        assertThat(shown(open(), IN_PARIS)).isNotEqualTo(before);
    }

    @Test
    void aGivenCertificateIsShownForItsNamesAndToWhoAsksForNone() throws IOException {
        Certificates certificates =
                open(folder.bring("shop", "shop.example"), folder.bring("all", "*.all.example"));

        assertThat(shown(certificates, "shop.example").names()).containsExactly("shop.example");
        assertThat(shown(certificates, "Any.All.Example").names()).containsExactly("*.all.example");
        assertThat(shown(certificates, "two.any.all.example").names())
                .containsExactly("shop.example");
        assertThat(shown(certificates, IN_PARIS).names()).contains("*." + Folder.PARIS);
    }

    @Test
    void noAuthorityIsMadeWhereCertificatesOfAllDomainsAreGiven() throws IOException {
        open(
                folder.bring("paris", "*." + Folder.PARIS),
                folder.bring("warsaw", "*." + Folder.WARSAW));

        assertThat(folder.tls()).doesNotExist();
    }

    @Test
    void anAuthorityThatVouchesForNothingIsNotHandedOut() throws IOException {
        open();
        open(
                folder.bring("paris", "*." + Folder.PARIS),
                folder.bring("warsaw", "*." + Folder.WARSAW));

        assertThat(folder.authorityCertificate()).doesNotExist();
    }

    @Test
    void aChangedFileIsReadWhileTheServerRuns() throws IOException {
        Certificates certificates = open(folder.bring("shop", "shop.example"));
        Identity next = folder.brought("shop.example");

        folder.write("shop", next);
        certificates.look();

        assertThat(shown(certificates, "shop.example").certificate()).isEqualTo(next.certificate());
    }

    @Test
    void aWrongFileLeavesTheOldCertificateUntilItIsMended() throws IOException {
        TlsSettings.Files files = folder.bring("shop", "shop.example");
        Certificates certificates = open(files);
        Identity first = shown(certificates, "shop.example");
        Identity next = folder.brought("shop.example");

        Files.writeString(files.chain(), Pem.write(next.certificate()));
        certificates.look();
        assertThat(shown(certificates, "shop.example")).isEqualTo(first);
        Files.writeString(files.key(), Pem.write(next));
        certificates.look();

        assertThat(shown(certificates, "shop.example").certificate()).isEqualTo(next.certificate());
    }

    @Test
    void aHandshakeThatHasChosenEndsWithWhatItChose() throws IOException {
        Certificates certificates = open(folder.bring("shop", "shop.example"));
        Identity first = shown(certificates, "shop.example");

        folder.bring("shop", "shop.example");
        certificates.look();

        assertThat(certificates.keyManager().getPrivateKey(first.fingerprint()))
                .isEqualTo(first.key());
    }

    private Certificates open(TlsSettings.Files... given) {
        Certificates certificates =
                Certificates.open(folder.settings(given), clock, new SecureRandom());
        opened.add(certificates);
        return certificates;
    }

    private static Identity shown(Certificates certificates, String host) {
        return certificates.choice().find(java.util.Optional.of(host), "EC").orElseThrow();
    }

    private X509Certificate authority() throws IOException {
        String own = Files.readString(folder.tls().resolve("authority.pem"));
        X509Certificate authority = Pem.read(own, own).certificate();
        assertThat(folder.authorityCertificate()).hasContent(Pem.write(authority));
        return authority;
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
