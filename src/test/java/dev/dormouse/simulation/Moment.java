package dev.dormouse.simulation;

/** A time that may be moved: what it is for happens once it comes, and at no time that it had. */
public final class Moment implements EventQueue.Event {
    private final EventQueue queue;
    private final Runnable what;
    private long wanted = EventQueue.NEVER;

    /** The next time at which the queue calls; later ones that it knows of are passed over. */
    private long pending = EventQueue.NEVER;

    public Moment(EventQueue queue, Runnable what) {
        this.queue = queue;
        this.what = what;
    }

    /** Moves it; never is a time, too. */
    public void set(long due) {
        wanted = due;
        if (due < pending) {
            pending = due;
            queue.at(due, this);
        }
    }

    @Override
    public void happen() {
        if (queue.now() != pending) {
            return;
        }
        pending = EventQueue.NEVER;
        if (wanted > queue.now()) {
            set(wanted);
            return;
        }
        wanted = EventQueue.NEVER;
        what.run();
    }
}
