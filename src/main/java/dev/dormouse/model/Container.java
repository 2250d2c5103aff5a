package dev.dormouse.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A serverless container as its owner asked for it, and how far that has been carried out.
 *
 * @param generation grows with every write that asks for a rollout; a revision names the generation
 *     it is for
 * @param errorMessage empty unless status is {@link Status#ERROR}
 */
public record Container(
        UUID id,
        String region,
        UUID organizationId,
        UUID projectId,
        UUID namespaceId,
        String namespaceName,
        String name,
        String description,
        List<String> tags,
        Workload workload,
        Service service,
        long generation,
        Status status,
        String errorMessage,
        Instant createdAt,
        Instant updatedAt) {
    public Container {
        tags = List.copyOf(tags);
    }

    /** The same container, asked for differently. */
    public Container withSpecification(
            String newDescription, List<String> newTags, Workload newWorkload, Service newService) {
        return new Container(
                id,
                region,
                organizationId,
                projectId,
                namespaceId,
                namespaceName,
                name,
                newDescription,
                newTags,
                newWorkload,
                newService,
                generation,
                status,
                errorMessage,
                createdAt,
                updatedAt);
    }

    /** The same container at another point of its life, without an error. */
    public Container withProgress(long newGeneration, Status newStatus, Instant at) {
        return new Container(
                id,
                region,
                organizationId,
                projectId,
                namespaceId,
                namespaceName,
                name,
                description,
                tags,
                workload,
                service,
                newGeneration,
                newStatus,
                "",
                createdAt,
                at);
    }

    /** The same container, written at this time. */
    public Container withUpdatedAt(Instant at) {
        return new Container(
                id,
                region,
                organizationId,
                projectId,
                namespaceId,
                namespaceName,
                name,
                description,
                tags,
                workload,
                service,
                generation,
                status,
                errorMessage,
                createdAt,
                at);
    }

    /**
     * The options that the owner set through tags of the form {@code dormouse.<option>=<value>}.
     */
    public Options options() {
        return Options.of(tags);
    }

    /** All that it is scaled by: first what the API says, then what the tags say. */
    public List<Scaling> signals() {
        return Stream.concat(Stream.of(service.scaling()), options().scaleOn().stream()).toList();
    }

    /** How many requests one instance works on at a time: the lowest number that is said. */
    public int requestsPerInstance() {
        return signals().stream()
                .filter(Scaling.Concurrency.class::isInstance)
                .mapToInt(signal -> ((Scaling.Concurrency) signal).requestsPerInstance())
                .min()
                .orElse(Scaling.REQUESTS_MOST);
    }

    /** The first label of the generated host name. */
    public String hostLabel() {
        return HostLabel.of(namespaceName, namespaceId, name);
    }

    /** Why it is in error; empty when it is not. */
    public Optional<String> failure() {
        return status == Status.ERROR ? Optional.of(errorMessage) : Optional.empty();
    }
}
