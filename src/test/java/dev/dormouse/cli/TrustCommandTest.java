package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

final class TrustCommandTest {
    private static final String ENDPOINT = "https://web.example:8443";

    @TempDir private Path dataDir;
    private final StringWriter results = new StringWriter();
    private final StringWriter notes = new StringWriter();

    @Test
    void tellsWhereTheAuthoritysCertificateIs() throws IOException {
        Path file = leaveAuthority();

        assertThat(run("trust")).isZero();
        assertThat(results.toString())
                .contains("curl --cacert " + file, "update-ca-certificates", "keytool");
    }

    @Test
    void printsTheCertificateAlone() throws IOException {
        leaveAuthority();

        assertThat(run("trust", "--pem")).isZero();
        assertThat(results).hasToString("the certificate\n");
    }

    @Test
    void saysWhyThereIsNoAuthority() {
        assertThat(run("trust")).isEqualTo(1);
        assertThat(notes.toString()).contains("has no authority of its own", dataDir.toString());
    }

    @Test
    void aCurlLineNamesTheAuthorityWhereThereIsOne() throws IOException {
        assertThat(curl(ENDPOINT, "public")).isEqualTo("curl " + ENDPOINT);

        Path file = leaveAuthority();

        assertThat(curl(ENDPOINT, "public")).isEqualTo("curl --cacert " + file + " " + ENDPOINT);
        assertThat(curl("http://web.example", "public")).isEqualTo("curl http://web.example");
    }

    @Test
    void aCurlLineSendsTheKeyToWhoAsksForIt() {
        assertThat(curl("http://web.example", "private"))
                .isEqualTo("curl -H \"X-Auth-Token: $SCW_SECRET_KEY\" http://web.example");
    }

    private String curl(String endpoint, String privacy) {
        return session()
                .curl(
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("public_endpoint", endpoint)
                                .put("privacy", privacy));
    }

    private Path leaveAuthority() throws IOException {
        Path file = Files.createDirectories(dataDir.resolve("tls")).resolve("ca.pem");
        return Files.writeString(file, "the certificate\n");
    }

    private int run(String... arguments) {
        return Cli.commandLine(session()).execute(arguments);
    }

    private Session session() {
        return new Session(
                new Console(new PrintWriter(results, true), new PrintWriter(notes, true)),
                Patience.byDefault(),
                ApiClient.http(),
                Map.of("DORMOUSE_DATA_DIR", dataDir.toString()));
    }
}
