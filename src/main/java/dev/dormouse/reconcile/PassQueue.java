package dev.dormouse.reconcile;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs a pass when asked: never two at a time, and once more when it was asked for while one ran.
 * Asking is cheap, takes no lock and may be done from any thread.
 */
final class PassQueue {
    private enum State {
        IDLE,
        ASKED,
        RUNNING,
        RUNNING_AND_ASKED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private final Executor executor;
    private final Runnable pass;

    PassQueue(Executor executor, Runnable pass) {
        this.executor = executor;
        this.pass = pass;
    }

    void request() {
        State before =
                state.getAndUpdate(now ->
                        switch (now) {
                            case IDLE, ASKED -> State.ASKED;
                            case RUNNING, RUNNING_AND_ASKED -> State.RUNNING_AND_ASKED;
                        });
        if (before == State.IDLE) {
            submit();
        }
    }

    private void submit() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            // The server is shutting down: there will be no more passes.
            state.set(State.IDLE);
        }
    }

    private void run() {
        state.set(State.RUNNING);
        try {
            pass.run();
        } finally {
            State after =
                    state.getAndUpdate(now -> now == State.RUNNING ? State.IDLE : State.ASKED);
            if (after == State.RUNNING_AND_ASKED) {
                submit();
            }
        }
    }
}
