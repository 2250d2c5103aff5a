package dev.dormouse.engine.docker;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reference to an image, read as Docker reads it.
 *
 * @param registry host and port, {@code docker.io} when none was written
 * @param path the repository's path in the registry, with {@code library/} where Docker adds it
 * @param tag {@code latest} when neither tag nor digest was written; empty with a digest alone
 * @param digest {@code sha256:…}; it decides where both were written
 */
record ImageReference(String registry, String path, String tag, Optional<String> digest) {
    static final String DOCKER_HUB = "docker.io";

    private static final int PATH_LENGTH_MAX = 255;
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern PATTERN =
            Pattern.compile(
                    "(?<name>[^@]+?)(?::(?<tag>\\w[\\w.-]{0,127}))?"
                            + "(?:@(?<digest>[a-z][a-z0-9]*:[0-9a-f]{32,}))?");
    private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
    private static final Pattern REGISTRY =
            Pattern.compile("(?:[A-Za-z0-9.-]+|\\[[0-9a-fA-F:]+])(?::[0-9]{1,5})?");

    /**
     * Reads a reference.
     *
     * @throws EngineException of kind IMAGE when it is none
     */
    static ImageReference parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        String name = matcher.group("name");
        int slash = name.indexOf('/');
        boolean hasRegistry = slash > 0 && isRegistry(name.substring(0, slash));
        String registry = hasRegistry ? hub(name.substring(0, slash)) : DOCKER_HUB;
        String path = hasRegistry ? name.substring(slash + 1) : name;
        if (!REGISTRY.matcher(registry).matches()
                || !PATH.matcher(path).matches()
                || path.length() > PATH_LENGTH_MAX) {
            throw invalid(text);
        }
        Optional<String> digest = Optional.ofNullable(matcher.group("digest"));
        String tag =
                Optional.ofNullable(matcher.group("tag")).orElse(digest.isEmpty() ? "latest" : "");
        boolean official = registry.equals(DOCKER_HUB) && path.indexOf('/') < 0;
        return new ImageReference(registry, official ? "library/" + path : path, tag, digest);
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

    private static boolean isRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(Character::isUpperCase);
    }

    private static String hub(String registry) {
        return registry.equals("index.docker.io") ? DOCKER_HUB : registry;
    }

    private static EngineException invalid(String text) {
        return new EngineException(
                Kind.IMAGE,
                "Image \"%s\" could not be pulled: this is not a valid image reference"
                        .formatted(text));
    }
}
