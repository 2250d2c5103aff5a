package dev.dormouse.autoscale;

import java.util.Locale;

/** How many instances one signal asks for, and why. */
public sealed interface Need {
    /** Nobody needs anything. */
    Need NONE = new Requests(0, 1);

    int instances();

    /** Why, in words for people. */
    String words();

    /** So many requests in flight and waiting, and so many work on one instance at a time. */
    record Requests(int requests, int perInstance) implements Need {
        @Override
        public int instances() {
            return Math.ceilDiv(requests, Math.max(1, perInstance));
        }

        @Override
        public String words() {
            return "%d requests at once, %d on each instance: %s"
                    .formatted(requests, perInstance, Need.counted(instances()));
        }
    }

    /**
     * The instances use so much of what they may.
     *
     * @param what what is measured
     * @param average per cent of the limits
     * @param wanted per cent of the limits
     */
    record Measured(String what, Observation.Use average, int wanted, int instances)
            implements Need {
        @Override
        public String words() {
            return figures() + ": " + Need.counted(instances);
        }

        String figures() {
            return String.format(
                    Locale.ROOT,
                    "%s %.0f %% on average over %s, %d %% wanted",
                    what,
                    average.percent(),
                    Need.counted(average.instances()),
                    wanted);
        }
    }

    /** What they use is not known, so those stay that there are. */
    record Unmeasured(String what, int instances) implements Need {
        @Override
        public String words() {
            return "%s is not known yet: %s".formatted(what, Need.counted(instances));
        }
    }

    private static String counted(int instances) {
        return instances == 1 ? "1 instance" : instances + " instances";
    }
}
