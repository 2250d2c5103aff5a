package dev.dormouse.model;

/** The execution environment asked for. */
public enum Sandbox {
    V1,
    V2
}
