package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Docker's own credentials, as {@code docker login} leaves them: in {@code config.json} itself or
 * with the credential helper that it names. Read anew each time, so that a login takes effect at
 * once. Safe on any thread.
 */
final class RegistryCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryCredentials.class);
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String HUB_KEY = "https://index.docker.io/v1/";
    private static final String TOKEN_USER = "<token>";
    private static final Pattern HELPER_NAME = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Duration HELPER_DEADLINE = Duration.ofSeconds(10);

    private static final String HELPER_PREFIX = "docker-credential-";

    private final Path file;
    private final String helperPrefix;

    RegistryCredentials(Path dockerConfigDir) {
        this(dockerConfigDir, HELPER_PREFIX);
    }

    /** Helpers are the programs that begin so: on the path, or with a folder before it. */
    RegistryCredentials(Path dockerConfigDir, String helperPrefix) {
        this.file = dockerConfigDir.resolve("config.json");
        this.helperPrefix = helperPrefix;
    }

    /** The credentials for a registry; empty when there are none, and then none are sent. */
    Optional<AuthConfig> of(String registry) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            JsonNode config = JSON.readTree(file);
            String key = registry.equals(DockerReference.DOCKER_HUB) ? HUB_KEY : registry;
            return helper(config, key)
                    .flatMap(name -> ask(name, key))
                    .or(() -> written(config, key));
        } catch (JacksonException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("Docker's credentials are unreadable");
            return Optional.empty();
        }
    }

    private static Optional<String> helper(JsonNode config, String key) {
        return Stream.of(config.path("credHelpers").path(key), config.path("credsStore"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .filter(name -> HELPER_NAME.matcher(name).matches())
                .findFirst();
    }

    private static Optional<AuthConfig> written(JsonNode config, String key) {
        return Stream.of(key, "https://" + key, "http://" + key, "https://" + key + "/v1/")
                .map(name -> config.path("auths").path(name))
                .filter(entry -> entry.has("auth") || entry.has("identitytoken"))
                .findFirst()
                .flatMap(entry -> decode(entry, key));
    }

    private static Optional<AuthConfig> decode(JsonNode entry, String key) {
        AuthConfig credentials = new AuthConfig().withRegistryAddress(key);
        String token = entry.path("identitytoken").asString("");
        if (!token.isEmpty()) {
            credentials.withIdentityToken(token);
        }
        try {
            byte[] plain = Base64.getDecoder().decode(entry.path("auth").asString(""));
            String pair = new String(plain, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                credentials
                        .withUsername(pair.substring(0, colon))
                        .withPassword(pair.substring(colon + 1));
            }
            return colon > 0 || !token.isEmpty() ? Optional.of(credentials) : Optional.empty();
        } catch (IllegalArgumentException e) {
            LOG.atWarn().addKeyValue("registry", key).log("Docker's credentials are not Base64");
            return Optional.empty();
        }
    }

    /** Asks {@code docker-credential-<name>} as Docker does: the registry in, JSON out. */
    private Optional<AuthConfig> ask(String name, String key) {
        Process process;
        try {
            process = new ProcessBuilder(helperPrefix + name, "get").start();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("helper", name).setCause(e).log("no such credential helper");
            return Optional.empty();
        }
        try {
            tell(process, key);
            if (!process.waitFor(HELPER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    || process.exitValue() != 0) {
                return Optional.empty();
            }
            return Optional.of(answer(JSON.readTree(process.getInputStream()), key));
        } catch (JacksonException e) {
            LOG.atWarn()
                    .addKeyValue("helper", name)
                    .setCause(e)
                    .log("the credential helper failed");
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A helper that answers without reading has closed its input, which is no failure. */
    private static void tell(Process process, String key) {
        try (OutputStream input = process.getOutputStream()) {
            input.write(key.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("the credential helper did not read its input");
        }
    }

    private static AuthConfig answer(JsonNode answer, String key) {
        AuthConfig credentials = new AuthConfig().withRegistryAddress(key);
        String user = answer.path("Username").asString("");
        String secret = answer.path("Secret").asString("");
        return user.equals(TOKEN_USER)
                ? credentials.withIdentityToken(secret)
                : credentials.withUsername(user).withPassword(secret);
    }
}
