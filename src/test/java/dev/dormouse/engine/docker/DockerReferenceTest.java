package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.engine.EngineException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerReferenceTest {
    private static final String DIGEST = "sha256:" + "0a".repeat(32);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nginx | docker.io/library/nginx | latest | nginx:latest",
                "nginx:1.29 | docker.io/library/nginx | 1.29 | nginx:1.29",
                "docker.io/nginx | docker.io/library/nginx | latest | nginx:latest",
                "index.docker.io/library/nginx | docker.io/library/nginx | latest | nginx:latest",
                "team/app:1 | docker.io/team/app | 1 | team/app:1",
                "localhost/app | localhost/app | latest | localhost/app:latest",
                "localhost:5000/app | localhost:5000/app | latest | localhost:5000/app:latest",
                "127.0.0.1:5000/a/b:c | 127.0.0.1:5000/a/b | c | 127.0.0.1:5000/a/b:c",
                "[::1]:5000/a:1 | [::1]:5000/a | 1 | [::1]:5000/a:1",
                "a.example/b__c/d-e.f:V_1 | a.example/b__c/d-e.f | V_1 | a.example/b__c/d-e.f:V_1"
            })
    void referencesAreReadAsDockerReadsThem(
            String text, String repository, String version, String localName) {
        DockerReference reference = DockerReference.parse(text);

        assertThat(reference.repository()).isEqualTo(repository);
        assertThat(reference.version()).isEqualTo(version);
        assertThat(reference.localName()).isEqualTo(localName);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx@", "nginx:1.29@"})
    void aDigestDecidesWhereATagIsWrittenToo(String text) {
        DockerReference reference = DockerReference.parse(text + DIGEST);

        assertThat(reference.version()).isEqualTo(DIGEST);
        assertThat(reference.localName()).isEqualTo("nginx@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Nginx",
                "nginx:",
                "nginx:a b",
                "a//b",
                "/a",
                "a/",
                "a..b",
                "nginx@sha256:12",
                "http://a/b",
                "a.example/",
                "../a",
                "nginx:1:2",
                "a b"
            })
    void whatIsNoReferenceIsToldSo(String text) {
        assertThatThrownBy(() -> DockerReference.parse(text))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.IMAGE))
                .hasMessageContaining("\"" + text + "\"");
    }
}
