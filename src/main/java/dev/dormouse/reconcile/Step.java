package dev.dormouse.reconcile;

import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.Status;
import java.time.Duration;

/** One thing to do, with its reason. */
sealed interface Step {
    /** Why, in words for people. */
    String because();

    /** Ask the engine what the image reference stands for now. */
    record Resolve(String image, String because) implements Step {}

    /** Freeze the resolved specification into the next revision. */
    record Begin(ResolvedImage image, String because) implements Step {}

    /** Record that the newest generation cannot be rolled out at all, with this message. */
    record Refuse(String message, String because) implements Step {}

    /** Start one more instance. */
    record Start(int revision, String because) implements Step {}

    /** Start one more instance than is needed, to be frozen once it is ready. */
    record Spare(int revision, String because) implements Step {}

    /** Give the revision the traffic; the one before retires. */
    record GoLive(int revision, String because) implements Step {}

    /** The revision never became healthy. */
    record Fail(int revision, String because) implements Step {}

    /** The revision is given up before it served. */
    record Supersede(int revision, String because) implements Step {}

    /** No new requests for the instance. */
    record Drain(String instanceId, String because) implements Step {}

    /** No new requests for the instance until it is needed again. */
    record Rest(String instanceId, String because) implements Step {}

    /** Let the instance stand still. */
    record Freeze(String instanceId, String because) implements Step {}

    /** Push the memory of the instance, which is frozen, out. */
    record PushOut(String instanceId, String because) implements Step {}

    /** Let the instance, which rests or is frozen, serve again. */
    record Resume(String instanceId, String because) implements Step {}

    /** End the instance: SIGTERM, and SIGKILL after the grace. */
    record Stop(String instanceId, Duration grace, String because) implements Step {}

    /** Tell the container's owner how it went. */
    record Settle(Status status, String message, String because) implements Step {}

    /** Nothing is left of the container: forget it. */
    record Remove(String because) implements Step {}
}
