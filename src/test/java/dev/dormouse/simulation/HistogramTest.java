package dev.dormouse.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.5, 0.9, 0.99, 0.999, 1})
    void aQuantileIsKnownToOnePerCent(double share) {
        Random random = new Random(7);
        long[] durations =
                random.doubles(20_000).mapToLong(chance -> (long) Math.exp(30 * chance)).toArray();
        Histogram histogram = new Histogram();

        Arrays.stream(durations).forEach(histogram::add);

        Arrays.sort(durations);
        double exact = durations[(int) Math.ceil(share * durations.length) - 1];
        assertThat((double) histogram.quantile(share)).isCloseTo(exact, within(exact / 100));
    }

    @Test
    void ofNothingEveryQuantileIsNothing() {
        assertThat(new Histogram().quantile(0.5)).isZero();
    }
}
