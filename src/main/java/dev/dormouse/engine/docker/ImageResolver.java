package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.ExactImage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes an image present and says exactly which it is. The registry is asked first, so that a moved
 * tag is noticed; the engine's own copy serves when the registry cannot be reached in time or does
 * not have it. A digest that is present already needs no registry.
 */
final class ImageResolver {
    private final Session session;
    private final EngineFacts facts;
    private final RegistryCredentials credentials;

    ImageResolver(Session session, EngineFacts facts) {
        this.session = session;
        this.facts = facts;
        this.credentials = new RegistryCredentials(session.settings().credentialsDir());
    }

    ResolvedImage resolve(String image) {
        DockerReference reference = DockerReference.parse(image);
        Optional<InspectImageResponse> local = inspect(reference.localName());
        if (local.isPresent() && reference.digest().isPresent()) {
            return resolved(image, reference, local.get(), "");
        }
        Pull pull = pull(reference, local.isPresent());
        if (pull.failure().isEmpty()) {
            InspectImageResponse pulled =
                    pull.digest()
                            .flatMap(digest -> inspect(reference.familiarName() + "@" + digest))
                            .or(() -> inspect(reference.localName()))
                            .orElseThrow(() -> notPulled(image, "the engine lost it again"));
            return resolved(image, reference, pulled, "");
        }
        String words = pull.failure().get();
        if (pull.isEngineLost()) {
            throw new EngineException(
                    Kind.UNREACHABLE, "the container engine went away during a pull: " + words);
        }
        if (local.isEmpty() || pull.begun()) {
            throw notPulled(image, words);
        }
        return resolved(
                image,
                reference,
                local.get(),
                "The engine's own copy of \"%s\" is run, since its registry did not give it: %s"
                        .formatted(image, words));
    }

    ResolvedImage restore(ExactImage image) {
        if (inspect(image.id()).isPresent()) {
            return new ResolvedImage(image.id(), image.repositoryDigest(), "");
        }
        if (image.repositoryDigest().equals(image.id())) {
            throw new EngineException(
                    Kind.IMAGE,
                    "Image \"%s\" is not on the engine any more, and no registry is known to have it"
                            .formatted(image.id()));
        }
        return resolve(image.repositoryDigest());
    }

    private Pull pull(DockerReference reference, boolean hasCopy) {
        PullImageCmd command =
                session.connections()
                        .streams()
                        .pullImageCmd(reference.repository())
                        .withTag(reference.version());
        credentials.of(reference.registry()).ifPresent(command::withAuthConfig);
        Pull pull = command.exec(new Pull());
        DockerSettings settings = session.settings();
        Duration patience = hasCopy ? settings.registryPatience() : settings.pullTimeout();
        try {
            if (!pull.awaitAnswer(patience)) {
                pull.giveUp("no answer within " + patience.toSeconds() + " s");
            } else if (!pull.awaitEnd(settings.pullTimeout())) {
                pull.giveUp("it took longer than " + settings.pullTimeout().toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.UNREACHABLE, "the pull was interrupted", e);
        } finally {
            pull.abandon();
        }
        return pull;
    }

    private Optional<InspectImageResponse> inspect(String name) {
        try {
            return Optional.of(session.call(() -> session.client().inspectImageCmd(name).exec()));
        } catch (NotFoundException absent) {
            return Optional.empty();
        } catch (DockerException e) {
            throw Refusals.general("looking for an image", e);
        }
    }

    private ResolvedImage resolved(
            String image, DockerReference reference, InspectImageResponse found, String note) {
        checkPlatform(image, found);
        String prefix = reference.familiarName() + "@";
        String id = Objects.requireNonNull(found.getId(), "an image without an id");
        String repositoryDigest =
                Objects.requireNonNullElse(found.getRepoDigests(), List.<String>of()).stream()
                        .filter(digest -> digest.startsWith(prefix))
                        .findFirst()
                        .orElse(id);
        return new ResolvedImage(id, repositoryDigest, note);
    }

    private void checkPlatform(String image, InspectImageResponse found) {
        String architecture = Optional.ofNullable(found.getArch()).orElse("");
        String system = Optional.ofNullable(found.getOs()).orElse("");
        if (architecture.isEmpty() || system.isEmpty()) {
            return;
        }
        String platform = (system + "/" + architecture).toLowerCase(Locale.ROOT);
        boolean older = facts.platform().equals("linux/amd64") && platform.equals("linux/386");
        if (!platform.equals(facts.platform()) && !older) {
            throw new EngineException(
                    Kind.IMAGE,
                    "Image \"%s\" cannot run here: it is built for %s, and this engine runs %s"
                            .formatted(image, platform, facts.platform()));
        }
    }

    private static EngineException notPulled(String image, String words) {
        return new EngineException(
                Kind.IMAGE, "Image \"%s\" could not be pulled: %s".formatted(image, words));
    }
}
