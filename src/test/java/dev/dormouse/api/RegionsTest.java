package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.config.Endpoints;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class RegionsTest {
    @Test
    void theServerHasEndpointsInTheRegionsThatTheDocumentLists() {
        JsonNode listed =
                Document.published().at("/components/schemas/Container/properties/region/enum");

        assertThat(listed.valueStream().map(JsonNode::stringValue).toList())
                .isEqualTo(Endpoints.REGIONS);
    }
}
