package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Reply;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RequestIdTest {
    @TempDir private Path folder;
    private ApiServer server;
    private final PrintStream out = System.out;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(out);
        server.close();
    }

    /** The lines of the server's own log that have these words. */
    private List<String> lines(String words) {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(words))
                .toList();
    }

    @Test
    void whatIsLoggedForARequestNamesItsId() {
        server.store.close();

        Reply reply = server.call("GET", BASE + "/containers");

        assertThat(reply.status()).isGreaterThanOrEqualTo(500);
        assertThat(lines("the store failed"))
                .singleElement()
                .asString()
                .contains("request_id=\"" + reply.header("X-Request-Id") + "\"");
    }

    @Test
    void whatIsLoggedForNoRequestNamesNone() {
        LoggerFactory.getLogger(RequestIdTest.class).warn("by itself");

        assertThat(lines("by itself")).singleElement().asString().doesNotContain("request_id");
    }

    @Test
    void noTwoAnswersHaveTheSame() {
        assertThat(server.call("GET", BASE + "/nothing").header("X-Request-Id"))
                .isNotEqualTo(server.call("GET", BASE + "/nothing").header("X-Request-Id"));
    }
}
