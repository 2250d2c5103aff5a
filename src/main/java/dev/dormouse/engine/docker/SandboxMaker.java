package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and removes single sandboxes. Safe on any thread.
 *
 * @param image from which none can be made if it is empty
 */
record SandboxMaker(Session session, Removal removal, Optional<SandboxImage> image) {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxMaker.class);

    /**
     * Its program takes no notice of being asked to end, so that an engine that stops lets
     * instances answer what they have begun; then it is ended.
     */
    private static final int STOP_SECONDS = 3;

    /**
     * Makes one on a bridge that is there; leaves nothing behind if that fails.
     *
     * @param name of its container
     */
    Sandbox make(String name, String network) {
        String id =
                create(
                        name,
                        network,
                        image.orElseThrow(() ->
                                new EngineException(
                                        Kind.REFUSED, "there is no program for this machine")));
        try {
            session.calls()
                    .within(
                            session.settings().startTimeout(),
                            () -> session.client().startContainerCmd(id).exec());
            return look(id, network);
        } catch (DockerException | EngineException failed) {
            try {
                clear(id);
            } catch (DockerException | EngineException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
    }

    private String create(String name, String network, SandboxImage from) {
        try {
            return session.call(() -> created(name, network, from));
        } catch (NotFoundException noImage) {
            session.call(() -> {
                session.client().loadImageCmd(from.archive()).exec();
                return from;
            });
            return session.call(() -> created(name, network, from));
        }
    }

    private String created(String name, String network, SandboxImage from) {
        return session.client()
                .createContainerCmd(from.reference())
                .withName(name)
                .withLabels(Labels.ofSandbox(session.serverId()))
                .withStopTimeout(STOP_SECONDS)
                .withHostConfig(
                        HostConfig.newHostConfig()
                                .withNetworkMode(network)
                                .withRestartPolicy(RestartPolicy.noRestart())
                                .withSecurityOpts(List.of("no-new-privileges"))
                                .withCapDrop(Capability.ALL)
                                .withReadonlyRootfs(true)
                                .withIpcMode("none")
                                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE)))
                .exec()
                .getId();
    }

    private Sandbox look(String id, String network) {
        InspectContainerResponse made =
                session.call(() -> session.client().inspectContainerCmd(id).exec());
        String address =
                Optional.ofNullable(made.getNetworkSettings().getNetworks().get(network))
                        .map(ContainerNetwork::getIpAddress)
                        .filter(one -> !one.isEmpty())
                        .orElseThrow(() ->
                                new EngineException(
                                        Kind.REFUSED, "a sandbox was given no address"));
        return new Sandbox(id, network, address);
    }

    /** One whose start the engine saw succeed; it then also sees to its end. */
    void remove(String dockerId) {
        removal.untilGone(dockerId);
    }

    /** Any: what the engine may have forgotten while it was started goes too. */
    void clear(String dockerId) {
        removal.untilGone(dockerId);
        Stragglers.end(dockerId);
    }

    /** The image goes unless another server uses it. */
    void removeImage() {
        image.ifPresent(one -> {
            try {
                session.call(() -> session.client().removeImageCmd(one.reference()).exec());
            } catch (DockerException | EngineException goneOrUsed) {
                LOG.atDebug().setCause(goneOrUsed).log("the image of sandboxes is left");
            }
        });
    }
}
