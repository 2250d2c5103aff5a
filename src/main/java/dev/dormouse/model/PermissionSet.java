package dev.dormouse.model;

/** What a key may do; the names are the real platform's. */
public enum PermissionSet {
    /** List and read namespaces and containers of its project. */
    ContainersReadOnly,
    /** Everything on namespaces and containers of its project, but for calling private ones. */
    ContainersFullAccess,
    /** Call the private containers of its project. */
    ContainersPrivateAccess,
    /** Everything in its project, private calls included. */
    AllProductsFullAccess,
    /** Make, list and revoke keys of its organization. */
    IAMManager
}
