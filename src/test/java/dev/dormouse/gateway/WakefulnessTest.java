package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WakefulnessTest {
    private static final boolean AWAKE = true;
    private static final boolean BY_START = true;

    private final Wakefulness asleep = new Wakefulness(!AWAKE, 100);

    @Test
    void aWaitThatNothingEndedIsOneForAStart() {
        assertThat(asleep.startNanos(150, 180, !BY_START)).isEqualTo(30);
    }

    @Test
    void aWaitIsOneForAStartUntilThereIsAnInstance() {
        Wakefulness woken = asleep.next(AWAKE, 200);

        assertThat(woken.startNanos(150, 260, !BY_START)).isEqualTo(50);
        assertThat(woken.startNanos(210, 260, !BY_START)).isZero();
    }

    @Test
    void aWaitThatTheStartItselfEndedIsWhollyOneForIt() {
        Wakefulness woken = asleep.next(AWAKE, 200);

        assertThat(woken.startNanos(150, 201, BY_START)).isEqualTo(51);
    }

    @Test
    void whatWasWaitedBeforeTheLastInstanceWentIsNone() {
        Wakefulness gone = asleep.next(AWAKE, 200).next(!AWAKE, 300);

        assertThat(gone.startNanos(250, 330, !BY_START)).isEqualTo(30);
        assertThat(gone.next(AWAKE, 400).startNanos(250, 410, BY_START)).isEqualTo(110);
        assertThat(gone.next(AWAKE, 400).startNanos(250, 410, !BY_START)).isEqualTo(100);
    }

    @Test
    void aFurtherInstanceChangesNothing() {
        Wakefulness woken = asleep.next(AWAKE, 200);

        assertThat(woken.next(AWAKE, 300)).isSameAs(woken);
    }
}
