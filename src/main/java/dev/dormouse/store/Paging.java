package dev.dormouse.store;

/**
 * Which part of a list is wanted.
 *
 * @param page counts from 1
 */
public record Paging(Order order, int page, int pageSize) {
    /**
     * What comes first. Equal names are told apart by age, equal ages by id, so that every order is
     * total and no element is met on two pages.
     */
    public enum Order {
        CREATED_AT_ASC,
        CREATED_AT_DESC,
        NAME_ASC,
        NAME_DESC
    }

    public Paging {
        if (page < 1 || pageSize < 1) {
            throw new IllegalArgumentException("page and pageSize are at least 1");
        }
    }

    long offset() {
        return (page - 1L) * pageSize;
    }
}
