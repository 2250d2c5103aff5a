package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.docker.SandboxLedger.Known;
import dev.dormouse.engine.docker.SandboxList.Lodger;
import dev.dormouse.engine.docker.SandboxList.Seen;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whose each sandbox is, by what was done with it and what the engine lists. */
class SandboxLedgerTest {
    private static final UUID CONTAINER = new UUID(0, 1);
    private static final int MOST = 2;

    private final SandboxLedger ledger = new SandboxLedger(MOST, 0);

    private static Sandbox sandbox(String id) {
        return sandboxOn("net", id);
    }

    private static Sandbox sandboxOn(String network, String id) {
        return new Sandbox(id, network, "10.0.0.1");
    }

    private static Seen running(String id) {
        return new Seen(id, "name-" + id, true);
    }

    private static Seen ended(String id) {
        return new Seen(id, "name-" + id, false);
    }

    private static SandboxList list(Seen... sandboxes) {
        return new SandboxList(sandboxes.length > 0, List.of(sandboxes), Map.of());
    }

    /** The same with an instance in each of these. */
    private static SandboxList lived(SandboxList list, String... ids) {
        Map<String, Lodger> lodgers = new HashMap<>();
        Stream.of(ids).forEach(id -> lodgers.put(id, new Lodger(CONTAINER, "in-" + id)));
        return new SandboxList(true, list.sandboxes(), lodgers);
    }

    private void look(SandboxList list) {
        ledger.observed(ledger.known(), list);
    }

    private Optional<String> taken(String instanceId) {
        return ledger.take("net", CONTAINER, instanceId).map(Sandbox::dockerId);
    }

    /** A start of an instance that lives from then on. */
    private void start(String instanceId) {
        ledger.startBegins();
        taken(instanceId).ifPresent(id -> assertThat(ledger.settle(id)).isTrue());
        ledger.startEnds(instanceId, 0);
    }

    @Test
    void oneIsGivenToOneInstanceAlone() {
        ledger.made(sandbox("a"));

        assertThat(taken("first")).contains("a");
        assertThat(taken("second")).isEmpty();
    }

    @Test
    void oneOfAnotherBridgeServesNobodyHere() {
        ledger.made(sandboxOn("other", "a"));

        assertThat(taken("first")).isEmpty();
    }

    @Test
    void noneIsWantedBeforeAnythingWasStartedOrSeen() {
        look(list());
        assertThat(ledger.wantsMore("net")).isFalse();

        start("first");

        assertThat(ledger.wantsMore("net")).isTrue();
    }

    @Test
    void soManyAreWantedOnABridgeAndTwiceAsManyAreKeptInAll() {
        start("first");
        for (String network : List.of("one", "two", "three")) {
            for (int i = 0; i < MOST; i++) {
                assertThat(ledger.wantsMore(network)).isTrue();
                ledger.made(sandboxOn(network, network + i));
            }
            assertThat(ledger.wantsMore(network)).isFalse();
        }

        assertThat(ledger.doomed()).containsExactlyInAnyOrder("one0", "one1");
    }

    @Test
    void asManyAreWantedAsTheBusiestMinuteHasStarted() {
        SandboxLedger large = new SandboxLedger(5, 0);
        long minute = Duration.ofMinutes(1).toNanos();

        assertThat(wantedAfter(large, 0)).isEqualTo(2);
        assertThat(wantedAfter(large, minute, minute + 1, 2 * minute - 1)).isEqualTo(3);
        assertThat(wantedAfter(large, 2 * minute, 4 * minute)).isEqualTo(3);
        assertThat(wantedAfter(large, LongStream.range(0, 7).map(i -> 6 * minute + i).toArray()))
                .isEqualTo(5);
    }

    /** How many are made until no more are wanted, after such starts. */
    private static int wantedAfter(SandboxLedger ledger, long... starts) {
        for (long at : starts) {
            ledger.startBegins();
            ledger.startEnds("started-at-" + at, at);
        }
        int made = 0;
        while (ledger.wantsMore("net")) {
            ledger.made(sandbox("made-" + made));
            made++;
        }
        while (ledger.take("net", CONTAINER, "any").isPresent()) {}
        return made;
    }

    @Test
    void whatAStartLeavesUnsettledGoes() {
        ledger.made(sandbox("a"));
        ledger.startBegins();
        taken("first");

        ledger.startEnds("first", 0);

        assertThat(ledger.doomed()).containsExactly("a");
    }

    @Test
    void whatWaitedBeforeARestartServesNobodySinceItMayHaveServedSomebody() {
        look(list(running("a"), ended("b")));

        assertThat(taken("first")).isEmpty();
        assertThat(ledger.doomed()).containsExactlyInAnyOrder("a", "b");
        assertThat(ledger.wantsMore("net")).isTrue();
    }

    @Test
    void whatAnInstanceLivesInSinceBeforeARestartIsItsOwn() {
        look(lived(list(running("a")), "a"));

        assertThat(taken("first")).isEmpty();
        assertThat(ledger.sandboxOf("in-a")).contains("a");
        assertThat(ledger.doomed()).isEmpty();
        assertThat(ledger.died("a")).contains(CONTAINER);
        assertThat(ledger.doomed()).containsExactly("a");
    }

    @Test
    void theEndOfOneThatIsNobodysConcernsNobody() {
        assertThat(ledger.died("a")).isEmpty();

        assertThat(ledger.doomed()).isEmpty();
    }

    @Test
    void whatLostItsInstanceGoes() {
        ledger.made(sandbox("a"));
        start("first");
        look(lived(list(running("a")), "a"));
        assertThat(ledger.doomed()).isEmpty();

        look(list(running("a")));

        assertThat(ledger.doomed()).containsExactly("a");
        assertThat(ledger.sandboxOf("first")).isEmpty();
    }

    @Test
    void whatIsTakenWhileAListIsUnderWayIsLeftAlone() {
        ledger.made(sandbox("a"));
        ledger.made(sandbox("b"));
        taken("first");
        Known before = ledger.known();
        start("second");

        ledger.observed(before, list(running("a"), running("b")));

        assertThat(ledger.doomed()).isEmpty();
        assertThat(ledger.sandboxOf("first")).contains("a");
        assertThat(ledger.sandboxOf("second")).contains("b");
    }

    @Test
    void whatIsRemovedWhileAListIsUnderWayIsForgottenByTheNext() {
        ledger.made(sandbox("a"));
        start("first");
        Known before = ledger.known();
        ledger.end("a");
        ledger.gone("a");

        ledger.observed(before, lived(list(running("a")), "a"));
        look(list());

        assertThat(taken("second")).isEmpty();
        assertThat(ledger.sandboxOf("in-a")).isEmpty();
    }

    @Test
    void whatWasUsedWhileAListWasUnderWayIsItsInstancesThoughTheListDoesNotShowIt() {
        ledger.made(sandbox("a"));
        Known before = ledger.known();
        start("first");

        ledger.observed(before, list(running("a")));

        assertThat(ledger.sandboxOf("first")).contains("a");
        assertThat(ledger.doomed()).isEmpty();
    }

    @Test
    void whatIsBeingMadeIsNotRemoved() {
        ledger.making("name-a");
        Known before = ledger.known();
        ledger.observed(before, list(ended("a")));
        ledger.making("");

        ledger.observed(before, list(running("a")));

        assertThat(ledger.doomed()).isEmpty();
        assertThat(taken("first")).isEmpty();
    }

    @Test
    void whatWaitsAndEndsGoesWhetherThatIsToldOrListed() {
        ledger.made(sandbox("a"));
        ledger.made(sandbox("b"));

        assertThat(ledger.died("a")).isEmpty();
        look(list(ended("a"), ended("b")));

        assertThat(ledger.doomed()).containsExactlyInAnyOrder("a", "b");
        assertThat(taken("first")).isEmpty();
    }

    @Test
    void whatTheEngineNoLongerShowsServesNobody() {
        ledger.made(sandbox("a"));

        look(list());

        assertThat(taken("first")).isEmpty();
    }

    @Test
    void oneThatEndsDuringTheStartInItIsNobodysHome() {
        ledger.made(sandbox("a"));
        taken("first");

        ledger.died("a");

        assertThat(ledger.settle("a")).isFalse();
        assertThat(ledger.isDoomed("a")).isTrue();
    }

    @Test
    void itIsQuietOnceNoStartIsUnderWayAndTheLastWasLongEnoughAgo() {
        Duration quiet = Duration.ofNanos(100);
        ledger.startBegins();
        assertThat(ledger.restUntilQuiet(quiet, 1_000)).isEqualTo(100);

        ledger.startEnds("first", 1_000);

        assertThat(ledger.restUntilQuiet(quiet, 1_000)).isEqualTo(100);
        assertThat(ledger.restUntilQuiet(quiet, 1_040)).isEqualTo(60);
        assertThat(ledger.restUntilQuiet(quiet, 1_200)).isZero();
    }
}
