package dev.dormouse.engine.docker;

import java.util.List;
import java.util.Map;

/**
 * Expands {@code $(NAME)} in command and arguments as Kubernetes does: {@code $$} stands for one
 * dollar sign, so {@code $$(NAME)} is not expanded; an unknown name stays as it is written.
 */
final class VariableExpansion {
    private VariableExpansion() {}

    static List<String> expand(List<String> texts, Map<String, String> environment) {
        return texts.stream().map(text -> expand(text, environment)).toList();
    }

    static String expand(String text, Map<String, String> environment) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int dollar = text.indexOf('$', at);
            if (dollar < 0 || dollar + 1 == text.length()) {
                break;
            }
            out.append(text, at, dollar);
            at = appendExpanded(text, dollar, environment, out);
        }
        return out.append(text, at, text.length()).toString();
    }

    /** Appends what stands at the dollar sign, and says where the text goes on. */
    private static int appendExpanded(
            String text, int dollar, Map<String, String> environment, StringBuilder out) {
        char next = text.charAt(dollar + 1);
        if (next == '$') {
            out.append('$');
            return dollar + 2;
        }
        int end = next == '(' ? text.indexOf(')', dollar) : -1;
        if (end < 0) {
            out.append('$').append(next);
            return dollar + 2;
        }
        String value = environment.get(text.substring(dollar + 2, end));
        out.append(value == null ? text.substring(dollar, end + 1) : value);
        return end + 1;
    }
}
