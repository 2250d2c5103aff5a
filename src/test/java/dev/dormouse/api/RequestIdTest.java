package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import dev.dormouse.testing.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RequestIdTest {
    @TempDir private Path folder;
    private ApiServer server;
    private final Logger root =
            ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        heard.start();
        root.addAppender(heard);
    }

    @AfterEach
    void stop() {
        root.detachAppender(heard);
        server.close();
    }

    /** As the server's own log has it. */
    private String written(ILoggingEvent event) {
        ConsoleAppender<?> console = (ConsoleAppender<?>) root.getAppender("stdout");
        PatternLayoutEncoder encoder = (PatternLayoutEncoder) console.getEncoder();
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsLoggedForARequestNamesItsId() {
        server.store.close();

        Reply reply = server.call("GET", BASE + "/containers");

        assertThat(reply.status()).isGreaterThanOrEqualTo(500);
        assertThat(heard.list)
                .filteredOn(event -> event.getFormattedMessage().contains("failed unexpectedly"))
                .singleElement()
                .satisfies(event ->
                        assertThat(written(event))
                                .contains("request_id=\"" + reply.header("X-Request-Id") + "\""));
    }

    @Test
    void whatIsLoggedForNoRequestNamesNone() {
        root.warn("by itself");

        assertThat(heard.list)
                .filteredOn(event -> event.getMessage().equals("by itself"))
                .singleElement()
                .satisfies(event ->
                        assertThat(written(event))
                                .contains("by itself")
                                .doesNotContain("request_id"));
    }

    @Test
    void noTwoAnswersHaveTheSame() {
        assertThat(server.call("GET", BASE + "/nothing").header("X-Request-Id"))
                .isNotEqualTo(server.call("GET", BASE + "/nothing").header("X-Request-Id"));
    }
}
