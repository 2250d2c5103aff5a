package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListApiTest {
    @TempDir private Path folder;
    private ApiServer server;
    private String namespace = "";

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        namespace = server.namespace("one");
        for (String name : List.of("bb", "cc", "aa")) {
            server.clock.advance(Duration.ofSeconds(1));
            server.container(namespace, name, "");
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply list(String query) {
        return server.call("GET", BASE + "/containers" + query);
    }

    private static List<String> names(Reply reply) {
        return reply.json()
                .path("containers")
                .valueStream()
                .map(one -> one.path("name").asString(""))
                .toList();
    }

    @Test
    void listsInTheOrderOfCreation() {
        Reply reply = list("");

        assertThat(names(reply)).containsExactly("bb", "cc", "aa");
        assertThat(reply.json().path("total_count").intValue()).isEqualTo(3);
    }

    @Test
    void listsInTheOrderAskedFor() {
        assertThat(names(list("?order_by=created_at_desc"))).containsExactly("aa", "cc", "bb");
        assertThat(names(list("?order_by=name_asc"))).containsExactly("aa", "bb", "cc");
        assertThat(names(list("?order_by=name_desc"))).containsExactly("cc", "bb", "aa");
    }

    @Test
    void pagesCountFromOneAndEndWithAnEmptyOne() {
        assertThat(names(list("?page=1&page_size=2"))).containsExactly("bb", "cc");
        assertThat(names(list("?page=2&page_size=2"))).containsExactly("aa");

        Reply beyond = list("?page=3&page_size=2");

        assertThat(beyond.text()).isEqualTo("{\"containers\":[],\"total_count\":3}");
    }

    @Test
    void filtersAreExact() {
        assertThat(names(list("?name=bb"))).containsExactly("bb");
        assertThat(names(list("?name=bbb"))).isEmpty();
        assertThat(names(list("?namespace_id=" + namespace))).hasSize(3);
        assertThat(names(list("?namespace_id=" + new UUID(1, 1)))).isEmpty();
        assertThat(names(list("?project_id=" + ApiServer.PROJECT))).hasSize(3);
        assertThat(names(list("?project_id=" + new UUID(1, 1)))).isEmpty();
        assertThat(names(list("?organization_id=" + new UUID(1, 1)))).isEmpty();
    }

    @Test
    void anEmptyParameterIsNotGiven() {
        assertThat(names(list("?project_id=&name=&page="))).hasSize(3);
    }

    @Test
    void unknownParametersArePassedOver() {
        assertThat(names(list("?newer=yes"))).hasSize(3);
    }

    @Test
    void anotherRegionIsEmpty() {
        Reply reply = server.call("GET", "/containers/v1/regions/nl-ams/containers");

        assertThat(reply.text()).isEqualTo("{\"containers\":[],\"total_count\":0}");
    }

    @Test
    void whatIsBeingDeletedIsListed() {
        String id = list("?name=bb").at("/containers/0/id");
        server.call("DELETE", BASE + "/containers/" + id);

        assertThat(list("?name=bb").at("/containers/0/status")).isEqualTo("deleting");
    }

    @Test
    void everyWrongParameterIsNamed() {
        Reply reply =
                list("?page=0&page_size=1001&order_by=age&project_id=x&namespace_id=y&name=A");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.arguments())
                .containsExactlyInAnyOrder(
                        "page", "page_size", "order_by", "project_id", "namespace_id", "name");
    }

    @Test
    void namespacesAreListedTheSameWay() {
        server.namespace("two");

        Reply reply = server.call("GET", BASE + "/namespaces?order_by=name_desc&page_size=1");

        assertThat(reply.at("/namespaces/0/name")).isEqualTo("two");
        assertThat(reply.json().path("total_count").intValue()).isEqualTo(2);
    }
}
