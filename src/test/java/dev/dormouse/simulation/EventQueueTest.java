package dev.dormouse.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue queue = new EventQueue();
    private final List<String> happened = new ArrayList<>();

    @Test
    void whatIsDueFirstHappensFirstAndOfThoseDueTogetherWhatWasAskedForFirst() {
        Random random = new Random(1);
        List<int[]> asked =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> new int[] {random.nextInt(1_000), i})
                        .toList();
        List<int[]> seen = new ArrayList<>();
        asked.forEach(one -> queue.at(one[0], () -> seen.add(one)));

        queue.runUntil(1_000);

        List<int[]> expected =
                asked.stream().sorted((a, b) -> Integer.compare(a[0], b[0])).toList();
        assertThat(seen).containsExactlyElementsOf(expected);
    }

    @Test
    void whatHappensMayAskForMore() {
        queue.at(5, () -> queue.in(0, () -> happened.add("after " + queue.now())));
        queue.at(5, () -> happened.add("at " + queue.now()));

        queue.runUntil(6);

        assertThat(happened).containsExactly("at 5", "after 5");
    }

    @Test
    void whatIsDueAtTheEndDoesNotHappen() {
        queue.at(9, () -> happened.add("before"));
        queue.at(10, () -> happened.add("at the end"));

        queue.runUntil(10);

        assertThat(happened).containsExactly("before");
        assertThat(queue.now()).isEqualTo(10);
    }

    @Test
    void nothingHappensInThePast() {
        queue.runUntil(10);

        assertThatThrownBy(() -> queue.at(9, () -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMomentComesOnceAtTheTimeThatItWasGivenLast() {
        Moment moment = new Moment(queue, () -> happened.add("at " + queue.now()));
        moment.set(50);
        moment.set(20);
        moment.set(30);
        moment.set(40);

        queue.runUntil(100);

        assertThat(happened).containsExactly("at 40");
    }

    @Test
    void aMomentThatIsTakenBackDoesNotCome() {
        Moment moment = new Moment(queue, () -> happened.add("at " + queue.now()));
        moment.set(50);
        moment.set(EventQueue.NEVER);

        queue.runUntil(100);

        assertThat(happened).isEmpty();
    }
}
