package dev.dormouse.engine.docker;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.model.ImageReference;
import java.util.Optional;

/**
 * A reference to an image, completed as Docker completes it.
 *
 * @param registry host and port, {@code docker.io} when none was written
 * @param path the repository's path in the registry, with {@code library/} where Docker adds it
 * @param tag {@code latest} when neither tag nor digest was written; empty with a digest alone
 * @param digest {@code sha256:…}; it decides where both were written
 */
record DockerReference(String registry, String path, String tag, Optional<String> digest) {
    static final String DOCKER_HUB = "docker.io";

    /**
     * Reads a reference.
     *
     * @throws EngineException of kind IMAGE when it is none
     */
    static DockerReference parse(String text) {
        ImageReference written;
        try {
            written = ImageReference.parse(text);
        } catch (IllegalArgumentException e) {
            throw new EngineException(
                    Kind.IMAGE,
                    "Image \"%s\" could not be pulled: %s".formatted(text, e.getMessage()),
                    e);
        }
        String registry = written.domain().map(DockerReference::hub).orElse(DOCKER_HUB);
        boolean official = registry.equals(DOCKER_HUB) && written.path().indexOf('/') < 0;
        return new DockerReference(
                registry,
                official ? "library/" + written.path() : written.path(),
                written.tag().orElse(written.digest().isEmpty() ? "latest" : ""),
                written.digest());
    }

    /** The repository as Docker shows it: Docker Hub's own parts left out. */
    String familiarName() {
        if (!registry.equals(DOCKER_HUB)) {
            return registry + "/" + path;
        }
        return path.startsWith("library/") ? path.substring("library/".length()) : path;
    }

    /** What the engine knows its copy by. */
    String localName() {
        return familiarName() + digest.map(text -> "@" + text).orElse(":" + tag);
    }

    /** The repository with its registry, which is what a pull names. */
    String repository() {
        return registry + "/" + path;
    }

    /** What a pull asks for: the digest where there is one, else the tag. */
    String version() {
        return digest.orElse(tag);
    }

    private static String hub(String registry) {
        return registry.equals("index.docker.io") ? DOCKER_HUB : registry;
    }
}
