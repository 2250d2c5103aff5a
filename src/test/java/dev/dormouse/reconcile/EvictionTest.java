package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.autoscale.Memory;
import dev.dormouse.model.Container;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.Samples;
import dev.dormouse.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who was idle longest is asked, and nobody else is looked at. */
class EvictionTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Container CONTAINER =
            Samples.container(Samples.workload(), Samples.scaled(Samples.service(), 0, 5));

    /** Of what may sink; half of it is expected to be won, unless it is known better. */
    private static final long COUNTED = 50;

    /** Of what is deep. */
    private static final long LIMIT = 64L << 30;

    private final FrozenMemory frozen = new FrozenMemory(OptionalLong.of(100), () -> 0);
    private final FrozenMemory.Part part = frozen.part();
    private final SettableClock clock = new SettableClock(NOW);
    private Set<String> enough = Set.of();
    private boolean hasSwap;
    private boolean isShortOfMemory;
    private final Eviction eviction =
            new Eviction(
                    frozen,
                    new Eviction.Machine(() -> hasSwap, () -> isShortOfMemory),
                    leaving -> !leaving.containsAll(enough) || enough.isEmpty(),
                    clock);
    private final List<String> asked = new ArrayList<>();
    private int compared;

    private final class One implements Idlest.Giver {
        private final int number;
        private Yielding yielding = new Yielding();
        private long left;

        One(int number) {
            this.number = number;
        }

        @Override
        public UUID id() {
            compared++;
            return new UUID(0, number);
        }

        @Override
        public Yielding yielding() {
            return yielding;
        }

        /** Its next pass would hear this. */
        @Override
        public void soon() {
            boolean sinks = yielding.isAsked();
            boolean givesRoom = yielding.givesRoom(true, false);
            String what = sinks ? "memory to sink" : yielding.isAsked() ? "what is frozen" : "";
            asked.add(number + " for " + (givesRoom ? "room" : what));
            yielding = new Yielding();
        }

        One idle(int minutes, Phase... phases) {
            tell(minutes, Traffic.NONE, phases);
            return this;
        }

        void busy(Phase... phases) {
            tell(0, new Traffic(1, 0, 1, 1, Map.of()), phases);
        }

        private void tell(int minutes, Traffic traffic, Phase... phases) {
            List<Seen> instances = new ArrayList<>();
            for (Phase phase : phases) {
                instances.add(new Seen(number + "-" + instances.size(), 1, phase, NOW, 0));
            }
            Memory memory = Memory.EMPTY.touched(NOW.minus(Duration.ofMinutes(minutes)));
            List<Phase> all = Arrays.asList(phases);
            boolean canSink = all.contains(Phase.FROZEN);
            Winnings winnings =
                    new Winnings(
                            canSink || all.contains(Phase.SINKING) ? COUNTED : 0,
                            all.contains(Phase.DEEP) ? LIMIT : 0,
                            left);
            eviction.passed(
                    this, Dispensable.of(CONTAINER, instances, traffic, memory, canSink, winnings));
        }

        /** So much of its limit will be counted once it is deep. */
        One leaving(long bytes) {
            left = bytes;
            return this;
        }

        void gone() {
            eviction.passed(this, Dispensable.NOTHING);
        }
    }

    /** What is asked of whom once what stands still holds too much. */
    private List<String> askedOnceExceeded() {
        List<String> all = askedWhileHeld(101);
        part.is(0);
        return all;
    }

    /** The same while it holds so much. */
    private List<String> askedWhileHeld(long bytes) {
        part.is(bytes);
        eviction.review();
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    private List<String> askedForRoom() {
        eviction.makeRoom();
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    @Test
    void nobodyIsAskedWhileNothingIsShort() {
        hasSwap = true;
        new One(1).idle(9, Phase.FROZEN);
        part.is(100);

        eviction.review();

        assertThat(asked).isEmpty();
    }

    @Test
    void whoWasIdleLongestOfThoseThatStandStillGivesItUp() {
        new One(1).idle(20, Phase.FROZEN);
        new One(2).idle(40, Phase.FROZEN);
        new One(3).idle(90, Phase.READY);

        assertThat(askedOnceExceeded()).containsExactly("2 for what is frozen");
    }

    @Test
    void itsPlaceFollowsWhatItsPassesTell() {
        One one = new One(1).idle(60, Phase.FROZEN);
        One two = new One(2).idle(40, Phase.FROZEN);
        One three = new One(3).idle(20, Phase.FROZEN);

        one.idle(1, Phase.FROZEN);
        assertThat(askedOnceExceeded()).containsExactly("2 for what is frozen");

        two.busy(Phase.READY);
        assertThat(askedOnceExceeded()).containsExactly("3 for what is frozen");

        three.gone();
        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");

        one.idle(1, Phase.DRAINING);
        assertThat(askedOnceExceeded()).isEmpty();
    }

    @Test
    void whoHasAllOfItsMemoryGoesBeforeWhoIsDeep() {
        One resident = new One(1).idle(20, Phase.FROZEN);
        new One(2).idle(40, Phase.DEEP);

        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");

        resident.gone();
        assertThat(askedOnceExceeded()).containsExactly("2 for what is frozen");
    }

    @Test
    void whereThereIsSwapMemorySinksOneAfterAnotherBeforeAnyLeaves() {
        hasSwap = true;
        One one = new One(1).idle(20, Phase.FROZEN);
        One two = new One(2).idle(40, Phase.FROZEN);

        assertThat(askedOnceExceeded()).containsExactly("2 for memory to sink");

        two.idle(40, Phase.SINKING);
        assertThat(askedOnceExceeded()).isEmpty();

        two.idle(40, Phase.DEEP);
        assertThat(askedOnceExceeded()).containsExactly("1 for memory to sink");

        one.idle(20, Phase.DEEP);
        assertThat(askedOnceExceeded()).containsExactly("2 for what is frozen");
    }

    @Test
    void whatPushingOutIsNotExpectedToWinLeavesAtOnce() {
        hasSwap = true;
        One one = new One(1).idle(40, Phase.FROZEN);
        new One(2).idle(20, Phase.FROZEN);

        assertThat(askedWhileHeld(100 + COUNTED)).containsExactly("1 for memory to sink");
        assertThat(askedWhileHeld(100 + COUNTED + 1))
                .containsExactly("1 for memory to sink", "2 for what is frozen");

        one.idle(40, Phase.SINKING);
        asked.clear();
        assertThat(askedWhileHeld(100 + COUNTED)).isEmpty();
        assertThat(askedWhileHeld(100 + COUNTED + 1)).containsExactly("2 for what is frozen");
    }

    @Test
    void whatSinksIsLeftAloneAndWhatIsDeepGoesInItsPlace() {
        hasSwap = true;
        new One(1).idle(40, Phase.SINKING);
        One deep = new One(2).idle(20, Phase.DEEP);

        assertThat(askedWhileHeld(100 + LIMIT)).containsExactly("2 for what is frozen");

        deep.gone();
        asked.clear();
        assertThat(askedWhileHeld(100 + LIMIT)).isEmpty();
    }

    @Test
    void whatIsExpectedFollowsWhatWasWonOfWhatIsDeep() {
        hasSwap = true;
        new One(1).idle(40, Phase.SINKING);
        new One(2).idle(20, Phase.FROZEN);
        One deep = new One(3).leaving(LIMIT / 10).idle(50, Phase.DEEP);
        long most = 2 * COUNTED * 8 / 10;
        assertThat(askedWhileHeld(100 + most)).isEmpty();

        deep.leaving(LIMIT * 9 / 10).idle(50, Phase.DEEP);

        assertThat(asked).containsExactly("2 for what is frozen");
    }

    @Test
    void pushingOutHasAMinuteUntilWhatStillHasItsMemoryLeaves() {
        hasSwap = true;
        One one = new One(1).idle(40, Phase.SINKING);
        One two = new One(2).idle(20, Phase.FROZEN);
        new One(3).idle(50, Phase.DEEP);
        assertThat(askedWhileHeld(101)).isEmpty();
        clock.advance(Duration.ofSeconds(59));
        assertThat(askedWhileHeld(100)).isEmpty();
        assertThat(askedWhileHeld(101)).isEmpty();
        clock.advance(Eviction.FOR_PUSHING);
        assertThat(askedWhileHeld(101)).isEmpty();

        clock.advance(Duration.ofMillis(1));

        assertThat(askedWhileHeld(101)).containsExactly("2 for what is frozen");
        two.gone();
        one.idle(40, Phase.SINKING);
        assertThat(askedWhileHeld(101)).isEmpty();
    }

    @Test
    void whoDoesNotAnswerIsPassedOverUntilItDoes() {
        One silent = new One(1).idle(60, Phase.FROZEN);
        new One(2).idle(40, Phase.FROZEN);
        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");
        clock.advance(Eviction.FOR_AN_ANSWER);
        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");

        clock.advance(Duration.ofMillis(1));

        assertThat(askedOnceExceeded()).containsExactly("2 for what is frozen");
        silent.idle(60, Phase.FROZEN);
        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");
    }

    @Test
    void whoDoesNotSinkWhenAskedKeepsNobodyFromIt() {
        hasSwap = true;
        new One(1).idle(60, Phase.FROZEN);
        new One(2).idle(40, Phase.FROZEN);
        assertThat(askedOnceExceeded()).containsExactly("1 for memory to sink");

        clock.advance(Eviction.FOR_AN_ANSWER.plusMillis(1));

        assertThat(askedOnceExceeded()).containsExactly("2 for memory to sink");
    }

    @Test
    void whoeverIsAskedIsAskedAnewOnceItHasAnswered() {
        One one = new One(1).idle(60, Phase.FROZEN);
        new One(2).idle(40, Phase.FROZEN);
        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");
        one.busy(Phase.READY);
        one.idle(60, Phase.FROZEN);

        clock.advance(Duration.ofHours(1));

        assertThat(askedOnceExceeded()).containsExactly("1 for what is frozen");
    }

    @Test
    void whenTheMachineIsShortMemorySinksUntilItIsNot() {
        hasSwap = true;
        isShortOfMemory = true;
        One one = new One(1).idle(20, Phase.FROZEN);
        eviction.review();
        assertThat(asked).containsExactly("1 for memory to sink");
        asked.clear();

        isShortOfMemory = false;
        one.idle(20, Phase.FROZEN);

        assertThat(asked).isEmpty();
    }

    @Test
    void whoIsIdleGivesRoomAndWhoIsCalledOnlyWhatStandsStill() {
        One frozen = new One(1);
        frozen.busy(Phase.READY, Phase.FROZEN);
        new One(2).busy(Phase.READY);
        new One(3).idle(5, Phase.READY);

        assertThat(askedForRoom()).containsExactly("3 for room");

        frozen.idle(6, Phase.READY);
        assertThat(askedForRoom()).containsExactly("1 for room");
    }

    @Test
    void nobodyIsAskedForRoomWhileWhatLeavesIsEnough() {
        One leaving = new One(1).idle(20, Phase.DRAINING, Phase.STOPPING);
        new One(2).idle(5, Phase.READY);
        enough = Set.of("1-0", "1-1");

        assertThat(askedForRoom()).isEmpty();

        leaving.idle(20, Phase.STOPPING);
        assertThat(askedForRoom()).containsExactly("2 for room");
    }

    @Test
    void whoeverElseThereIsIsNotLookedAt() {
        List<One> many = new ArrayList<>();
        for (int number = 0; number < 10_000; number++) {
            many.add(new One(number).idle(30, Phase.FROZEN));
        }
        part.is(101);
        compared = 0;

        many.get(7_000).idle(29, Phase.FROZEN);

        assertThat(asked).containsExactly("0 for what is frozen");
        assertThat(compared).isPositive().isLessThan(1_000);
    }
}
