package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RawHttpTest {
    private static final int CONNECTIONS_MAX = 5;

    @TempDir private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() {
        server =
                new ApiServer(
                        folder,
                        Map.of(
                                "DORMOUSE_API_REQUEST_TIMEOUT",
                                "1s",
                                "DORMOUSE_API_REQUESTS_MAX",
                                "2",
                                "DORMOUSE_API_CONNECTIONS_MAX",
                                String.valueOf(CONNECTIONS_MAX)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String answerTo(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .collect(Collectors.joining("\n"));
        }
    }

    @Test
    void moreConnectionsThanAllowedAreHungUpOnAndRoomComesBack() throws Exception {
        List<Socket> callers = new ArrayList<>();
        try {
            Socket next = connected();
            while (statusLine(next).startsWith("HTTP/1.1 200")) {
                callers.add(next);
                next = connected();
            }
            next.close();
            assertThat(callers).hasSizeBetween(1, CONNECTIONS_MAX);

            callers.removeFirst().close();
            await().until(() -> {
                try (Socket again = connected()) {
                    return statusLine(again).startsWith("HTTP/1.1 200");
                }
            });
        } finally {
            for (Socket caller : callers) {
                caller.close();
            }
        }
    }

    private Socket connected() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    /** Empty if the server hung up instead. */
    private static String statusLine(Socket socket) throws IOException {
        try {
            socket.getOutputStream()
                    .write(
                            "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            InputStreamReader answer =
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
            return Objects.requireNonNullElse(new BufferedReader(answer).readLine(), "");
        } catch (SocketException e) {
            return "";
        }
    }

    @Test
    void whatIsNoHttpIsRefusedInJson() throws IOException {
        Map<String, Integer> statuses =
                Map.of(
                        "nonsense\r\n\r\n",
                        400,
                        "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                        414,
                        "GET /healthz HTTP/1.1\r\nHost: a\r\nX: "
                                + "x".repeat(100_000)
                                + "\r\n\r\n",
                        431);
        for (String wrong : statuses.keySet()) {
            assertThat(answerTo(wrong))
                    .matches("(?s)HTTP/1\\.[01] " + statuses.get(wrong) + " .*")
                    .containsIgnoringCase("x-request-id: ")
                    .contains("\"type\":\"bad_request\"");
        }
    }

    @Test
    void whatCannotBeDecodedIsRefused() throws IOException {
        String token = "X-Auth-Token: " + server.ownerToken() + "\r\n";
        for (String path :
                List.of(
                        "/containers/v1/regions/fr-par/containers/%zz",
                        "/containers/v1/regions/fr-par/containers?name=%zz",
                        "/containers/v1/regions/%/containers",
                        "/containers/v1/regions/fr-par/containers?%",
                        "/%")) {
            assertThat(
                            answerTo(
                                    "GET "
                                            + path
                                            + " HTTP/1.1\r\nHost: a\r\n"
                                            + token
                                            + "Connection: close\r\n\r\n"))
                    .as(path)
                    .matches(
                            "(?s)HTTP/1\\.1 40[04] .*\"type\":\"(bad_request|invalid_arguments|not_found)\".*");
        }
    }

    @Test
    void aBodyThatDoesNotArriveIsNotWaitedForForEver() throws IOException {
        String answer =
                answerTo(
                        "POST /dormouse/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");

        assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"type\":\"request_timeout\"");
    }

    @Test
    void moreThanThePlacesAreToldToComeBackAndPlacesAreLeft() throws IOException {
        String half = "POST /dormouse/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{";
        String refused = "";
        while (!refused.startsWith("HTTP/1.1 429 ")) {
            // Anew each time: a place is left again when its request does not arrive in time.
            try (Socket one = new Socket(InetAddress.getLoopbackAddress(), server.port());
                    Socket two = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                one.getOutputStream().write(half.getBytes(StandardCharsets.ISO_8859_1));
                two.getOutputStream().write(half.getBytes(StandardCharsets.ISO_8859_1));
                refused = health();
            }
        }
        assertThat(refused).contains("\"type\":\"too_many_requests\"");
        String later = health();
        while (later.startsWith("HTTP/1.1 429 ")) {
            later = health();
        }
        assertThat(later).startsWith("HTTP/1.1 200 ");
    }

    private String health() throws IOException {
        return answerTo("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
}
