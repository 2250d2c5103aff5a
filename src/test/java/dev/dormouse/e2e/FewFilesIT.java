package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A server that may open few files, and more clients than that. */
class FewFilesIT extends Story {
    private static final int FILES = 600;

    @Override
    Place place() {
        return new Place("127.0.0.1", List.of("prlimit", "--nofile=" + FILES + ":" + FILES));
    }

    @Test
    void clientsWithoutNumberLeaveFilesForTheRestAndAreServedWhenSomeLeave() throws IOException {
        JsonNode container = deploy("crowded", Map.of());
        List<Socket> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * FILES; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), server.gatewayPort()));
            }

            deploy("meanwhile", Map.of());
            assertThat(api.container(container).path("status").stringValue()).isEqualTo("ready");
        } finally {
            for (Socket one : crowd) {
                one.close();
            }
        }

        Awaitility.await("it is served")
                .ignoreExceptions()
                .until(() -> get(container, "/").statusCode() == 200);
        assertThat(server.log().lines().filter(line -> line.contains("as many connections")))
                .hasSize(1);
        // A moment's burst may come faster than it is hung up on; accepting then rests for a
        // second.
        assertThat(server.log().lines().filter(line -> line.contains("Too many open files")))
                .hasSizeLessThan(100);
    }
}
