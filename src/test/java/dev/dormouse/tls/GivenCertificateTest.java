package dev.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.testing.OpenSsl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people bring, made with the tool that they make it with. */
final class GivenCertificateTest {
    private Path root;
    private TlsSettings.Files files;

    @BeforeEach
    void make(@TempDir Path folder) {
        root = folder;
        files = new TlsSettings.Files(folder.resolve("c.pem"), folder.resolve("c.key"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
                "ecparam -genkey -name prime256v1",
                "genpkey -algorithm RSA",
                "genrsa -traditional",
                "genpkey -algorithm ED25519"
            })
    void readsWhatOpensslWrites(String command) throws Exception {
        openssl(command + " -out c.key");
        openssl(
                "req -x509 -new -key c.key -subj /CN=x -addext subjectAltName=DNS:Shop.example -out c.pem");

        assertThat(new GivenCertificate(files).at(Folder.NOON).names())
                .isEqualTo(List.of("shop.example"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genpkey -algorithm RSA -aes256 -pass pass:secret",
                "genrsa -traditional -aes256 -passout pass:secret"
            })
    void tellsThatAKeyIsEncrypted(String command) throws Exception {
        openssl(command + " -out c.key");
        openssl("req -x509 -new -key c.key -passin pass:secret -subj /CN=x -out c.pem");

        refuses("the private key is encrypted");
    }

    @Test
    void tellsThatAKeyBelongsToAnotherCertificate() throws Exception {
        Folder folder = new Folder(root);
        folder.bring("c", "shop.example");
        Files.writeString(files.key(), Pem.write(folder.brought("shop.example")));

        refuses("is not that of the certificate");
    }

    @Test
    void tellsWhichFileIsMissing() throws IOException {
        Files.writeString(files.chain(), "");

        refuses("there is no file " + files.key());
    }

    @Test
    void tellsThatThereIsNoCertificateInTheFile() throws IOException {
        new Folder(root).bring("c", "shop.example");
        Files.writeString(files.chain(), "hello");

        refuses("it holds no certificate in PEM form");
    }

    @Test
    void oneThatIsOverIsShownAllTheSame() throws IOException {
        Identity over = new Folder(root).brought("shop.example");
        new Folder(root).write("c", over);

        assertThat(
                        new GivenCertificate(files)
                                .at(Folder.NOON.plus(Issuer.SERVER_VALIDITY.plusDays(1)))
                                .certificate())
                .isEqualTo(over.certificate());
    }

    @Test
    void tellsThatTheFileIsCutShort() throws IOException {
        new Folder(root).bring("c", "shop.example");
        Files.writeString(files.chain(), Files.readString(files.chain()).substring(0, 200));

        refuses("");
    }

    private void refuses(String because) {
        assertThatThrownBy(() -> new GivenCertificate(files).at(Folder.NOON))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining(files.chain().toString())
                .hasMessageContaining(because);
    }

    private void openssl(String arguments) throws IOException {
        OpenSsl.run(root, arguments);
    }
}
