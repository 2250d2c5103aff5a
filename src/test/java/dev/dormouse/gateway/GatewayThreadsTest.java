package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class GatewayThreadsTest {
    @Test
    void eachLoopHasAThreadOfItsOwn() throws IOException {
        try (Served served = new Served("EVENT_LOOPS", "3")) {
            assertThat(served.gateway.threads()).isEqualTo(3);
        }
    }
}
