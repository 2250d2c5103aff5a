package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.config.ConfigException;
import dev.dormouse.config.Source;
import dev.dormouse.model.Region;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
    @TempDir private Path folder;

    @Test
    void defaultsAreTheDocumented() {
        ApiSettings settings = ApiSettings.from(new Source(Map.of()));

        assertThat(settings)
                .isEqualTo(
                        new ApiSettings(
                                1 << 20,
                                Duration.ofSeconds(30),
                                256,
                                512,
                                64,
                                new ApiSettings.Rate(0, 100),
                                false,
                                ApiSettings.Pairing.FREE,
                                Map.of()));
    }

    @Test
    void aRaisedLimitBindsAndIsServed() {
        Map<String, String> raised =
                Map.of(
                        "DORMOUSE_LIMIT_MAX_SCALE", "200",
                        "DORMOUSE_LIMIT_TIMEOUT_SECONDS", "7200",
                        "DORMOUSE_LIMIT_MEMORY_BYTES", "64000000000");
        try (ApiServer server = new ApiServer(folder, raised)) {
            String namespace = server.namespace("one");

            Reply within =
                    server.container(
                            namespace,
                            "app",
                            ",\"max_scale\":200,\"timeout\":\"7200s\",\"memory_limit_bytes\":64000000000");
            Reply beyond =
                    server.container(
                            namespace, "beyond", ",\"max_scale\":201,\"timeout\":\"7201s\"");

            assertThat(within.status()).as(within.text()).isEqualTo(200);
            assertThat(beyond.arguments()).containsExactlyInAnyOrder("max_scale", "timeout");
            assertThat(beyond.text()).contains("from 1 to 200", "from 10s to 7200s");
            assertThat(
                            server.client
                                    .document()
                                    .at("/components/schemas/MaxScale/maximum")
                                    .intValue())
                    .isEqualTo(200);
        }
    }

    @Test
    void aLimitIsNotLowered() {
        Source source = new Source(Map.of("DORMOUSE_LIMIT_MAX_SCALE", "49"));
        ApiSettings.from(source);

        assertThatThrownBy(source::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DORMOUSE_LIMIT_MAX_SCALE");
    }

    @Test
    void memoryMayBeBoundToCpu() {
        try (ApiServer server =
                new ApiServer(folder, Map.of("DORMOUSE_CPU_MEMORY_PAIRING", "bound"))) {
            String namespace = server.namespace("one");

            Reply wrong =
                    server.container(
                            namespace,
                            "app",
                            ",\"mvcpu_limit\":2000,\"memory_limit_bytes\":128000000");
            Reply right =
                    server.container(
                            namespace,
                            "app",
                            ",\"mvcpu_limit\":280,\"memory_limit_bytes\":1120000000");

            assertThat(wrong.arguments()).containsExactly("memory_limit_bytes");
            assertThat(wrong.at("/details/0/help_message"))
                    .isEqualTo(
                            "2000 mvCPU require a minimum of 2000 MB and a maximum of 8000 MB of memory");
            assertThat(right.status()).isEqualTo(200);
        }
    }

    @Test
    void theDocumentNamesTheRegionsOfTheModel() {
        assertThat(
                        Document.published()
                                .at("/components/parameters/region/schema/enum")
                                .valueStream()
                                .map(region -> region.stringValue()))
                .containsExactlyElementsOf(Region.ALL);
    }

    @Test
    void everyDefaultFitsItsOwnSchema() {
        Document document = Document.published();
        Schemas schemas = new Schemas(document);
        String properties = "/components/schemas/CreateContainer/properties";

        document.at(properties)
                .properties()
                .forEach(property -> {
                    if (property.getValue().has("default")) {
                        assertThat(
                                        schemas.check(
                                                properties + "/" + property.getKey(),
                                                property.getValue().get("default")))
                                .as(property.getKey())
                                .isEmpty();
                    }
                });
    }
}
