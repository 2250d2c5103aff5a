package dev.dormouse.reconcile;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest decisions about one container, in words; bounded. */
final class Journal {
    private static final int LINES_MAX = 20;

    private final InstantSource wall;
    private final Deque<String> lines = new ArrayDeque<>();

    /**
     * @param wall what people are told
     */
    Journal(InstantSource wall) {
        this.wall = wall;
    }

    void note(String words) {
        if (lines.size() == LINES_MAX) {
            lines.removeFirst();
        }
        lines.addLast(wall.instant().truncatedTo(ChronoUnit.MILLIS) + " " + words);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    static String words(Step step) {
        String what =
                switch (step) {
                    case Step.Resolve(String image, _) -> "resolve image " + image;
                    case Step.Begin(var image, _) ->
                            "begin a revision with " + image.repositoryDigest();
                    case Step.Refuse _ -> "end the rollout";
                    case Step.Start(int revision, _) -> "start an instance of revision " + revision;
                    case Step.Spare(int revision, _) -> "start a spare of revision " + revision;
                    case Step.GoLive(int revision, _) -> "give the traffic to revision " + revision;
                    case Step.Fail(int revision, _) -> "give up revision " + revision;
                    case Step.Supersede(int revision, _) -> "abandon revision " + revision;
                    case Step.Drain(String id, _) -> "drain " + id;
                    case Step.Rest(String id, _) -> "rest " + id;
                    case Step.Freeze(String id, _) -> "freeze " + id;
                    case Step.PushOut(String id, _) -> "push out the memory of " + id;
                    case Step.Resume(String id, _) -> "resume " + id;
                    case Step.Stop(String id, _, _) -> "stop " + id;
                    case Step.Settle(var status, _, _) -> "is " + status.wire();
                    case Step.Remove _ -> "forget the container";
                };
        return what + ", because: " + step.because();
    }
}
