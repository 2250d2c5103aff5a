package dev.dormouse;

/** Builds every long-lived object in dependency order, starts them, and stops them in reverse. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {}
}
