package dev.dormouse.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String SHA = "sha256:" + "0a".repeat(32);

    @ParameterizedTest
    @CsvSource({
        "nginx,,nginx,",
        "nginx:1.29.4-alpine,,nginx,1.29.4-alpine",
        "library/nginx,,library/nginx,",
        "localhost/app,localhost,app,",
        "localhost:5000/a/b:Tag_1,localhost:5000,a/b,Tag_1",
        "rg.fr-par.scw.cloud/ns/image:tag,rg.fr-par.scw.cloud,ns/image,tag",
        "HOST/app,HOST,app,",
        "[::1]:5000/app,[::1]:5000,app,",
        "a__b/c-d--e.f_g,,a__b/c-d--e.f_g,",
        "host:5000/app,host:5000,app,",
    })
    void readsItsParts(String text, String domain, String path, String tag) {
        ImageReference reference = ImageReference.parse(text);

        assertThat(reference.domain()).isEqualTo(Optional.ofNullable(domain));
        assertThat(reference.path()).isEqualTo(path);
        assertThat(reference.tag()).isEqualTo(Optional.ofNullable(tag));
        assertThat(reference.digest()).isEmpty();
        assertThat(reference).hasToString(text);
    }

    @Test
    void readsDigests() {
        ImageReference reference = ImageReference.parse("host:1/a:t@" + SHA);

        assertThat(reference.digest()).contains(SHA);
        assertThat(reference.tag()).contains("t");
        assertThat(reference).hasToString("host:1/a:t@" + SHA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Nginx",
                "library/Nginx",
                "nginx:",
                ":tag",
                "nginx:-x",
                "nginx:a b",
                "nginx@",
                "nginx@sha256:12",
                "nginx@SHA256:00",
                "a//b",
                "/a",
                "a/",
                "a/b/",
                "-a",
                "a-",
                "a..b",
                "a___b",
                "host:x/app",
                "host:123456/app",
                "-host.com/a",
                "http://host/a",
                "nginx\n",
                "nginx:1\n",
                "nginx:1@" + "md5:00",
                "a\u0000b",
                "é"
            })
    void saysWhatIsWrong(String text) {
        assertThat(ImageReference.mistake(text)).isPresent();
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(":");
    }

    @Test
    void tagsHaveAtMost128Characters() {
        assertThat(ImageReference.mistake("a:" + "t".repeat(128))).isEmpty();
        assertThat(ImageReference.mistake("a:" + "t".repeat(129))).isPresent();
    }

    @Test
    void namesHaveAtMost255CharactersAndAreNoIds() {
        assertThat(ImageReference.mistake("a/" + "b".repeat(253))).isEmpty();
        assertThat(ImageReference.mistake("a/" + "b".repeat(254))).isPresent();
        assertThat(ImageReference.mistake("0a".repeat(32))).isPresent();
    }
}
