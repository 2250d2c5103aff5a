package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every example builds without any image registry, deploys and answers. */
class ExamplesIT extends Story {
    @ParameterizedTest
    @ValueSource(strings = {"hello", "java-web"})
    void itBuildsDeploysAndAnswers(String example) throws Exception {
        build(example);

        JsonNode container =
                deploy(
                        example,
                        Map.of(
                                "image",
                                "dormouse-examples/" + example + ":latest",
                                "memory_limit_bytes",
                                512_000_000));

        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        assertThat(get(container, "/").body()).isNotBlank();
    }

    private static void build(String example) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of("examples", example, "build").toAbsolutePath().toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s", output).isZero();
    }
}
