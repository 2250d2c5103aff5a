package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Turns the engine's refusals into errors of the contract, in words that users understand. */
final class Refusals {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int SERVER_ERROR = 500;
    private static final int NOT_FOUND = 404;

    /** The runtime wraps what it has to say in the names of all its layers: this is the core. */
    private static final Pattern RUNTIME_WORDS = Pattern.compile("(exec: .*?)(?:: unknown)?$");

    /** The same from crun, which Podman runs. */
    private static final Pattern CRUN_WORDS =
            Pattern.compile("(executable file .*? not found.*?)(?:: OCI runtime attempted.*)?$");

    /** The same from runsc, which is gVisor. */
    private static final Pattern RUNSC_LACKING =
            Pattern.compile("error finding executable (\".*?\") in PATH ");

    private static final Pattern RUNSC_WORDS =
            Pattern.compile("failed to load (/.*?): (.*?)(?:: unknown)?$");

    /** What else is like a command that is not there. */
    private static final String RUNTIME_MISSING = "unable to retrieve OCI runtime error";

    private static final Pattern NOT_RUN = Pattern.compile("OCI runtime (?:create|start) failed");
    private static final Pattern RUNTIME_PREFIX =
            Pattern.compile(
                    "^.*(?:unable to start container process|process caused|starting sandbox): ");

    private Refusals() {}

    /** The message in an answer such as {@code Status 404: {"message":"No such container"}}. */
    static String words(DockerException refusal) {
        String text = Optional.ofNullable(refusal.getMessage()).orElse("").strip();
        String body = text.replaceFirst("^Status \\d+: ", "");
        try {
            JsonNode message = JSON.readTree(body).path("message");
            return message.isString() ? message.asString().strip() : body;
        } catch (JacksonException e) {
            return body;
        }
    }

    /** What a refused call means when nothing more is known about it. */
    static EngineException general(String doing, DockerException refusal) {
        Kind kind = refusal.getHttpStatus() >= SERVER_ERROR ? Kind.UNREACHABLE : Kind.REFUSED;
        return new EngineException(
                kind,
                "the container engine failed at %s: %s".formatted(doing, words(refusal)),
                refusal);
    }

    /** What it means when an instance could not be created. */
    static EngineException ofCreate(String image, DockerException refusal) {
        String words = words(refusal);
        if (refusal.getHttpStatus() == NOT_FOUND && words.contains("No such image")) {
            return new EngineException(
                    Kind.IMAGE, "the engine no longer has the image " + image, refusal);
        }
        if (words.contains("No command specified") || words.contains("no command specified")) {
            return new EngineException(
                    Kind.COMMAND, "the image has no command, and none was given", refusal);
        }
        return general("creating an instance", refusal);
    }

    /** What it means when a created instance did not start. */
    static EngineException ofStart(DockerException refusal) {
        String words = words(refusal);
        if (words.contains(RUNTIME_MISSING)) {
            return new EngineException(
                    Kind.REFUSED, "the engine cannot run its runtime: " + words, refusal);
        }
        for (Pattern pattern : List.of(RUNTIME_WORDS, CRUN_WORDS)) {
            Matcher command = pattern.matcher(words);
            if (command.find()) {
                return new EngineException(Kind.COMMAND, command.group(1), refusal);
            }
        }
        Optional<String> command = underGvisor(words);
        if (command.isPresent()) {
            return new EngineException(Kind.COMMAND, command.get(), refusal);
        }
        if (NOT_RUN.matcher(words).find()) {
            String core =
                    RUNTIME_PREFIX.matcher(words).replaceFirst("").replaceFirst(": unknown$", "");
            return new EngineException(Kind.REFUSED, core, refusal);
        }
        return general("starting an instance", refusal);
    }

    /** What is wrong with the command, as runc would put it. */
    private static Optional<String> underGvisor(String words) {
        Matcher lacking = RUNSC_LACKING.matcher(words);
        if (lacking.find()) {
            return Optional.of(
                    "exec: %s: executable file not found in $PATH".formatted(lacking.group(1)));
        }
        Matcher failed = RUNSC_WORDS.matcher(words);
        return failed.find()
                ? Optional.of("exec: \"%s\": %s".formatted(failed.group(1), failed.group(2)))
                : Optional.empty();
    }
}
