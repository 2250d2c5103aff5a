package dev.dormouse.store;

import dev.dormouse.model.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Secret variables as one column: {@code {"NAME": {"sealed": "v1:…", "hash": "$argon2id$…"}}}. Each
 * value is sealed for its row, column and name.
 */
final class SecretColumn {
    static final String COLUMN = "secret_environment";

    private SecretColumn() {}

    static String write(Map<String, Secret> secrets, Vault vault, Place row) {
        Place place = row.column(COLUMN);
        ObjectNode column = Json.object();
        secrets.forEach((name, secret) ->
                column.putObject(name)
                        .put("sealed", vault.seal(secret.value(), place.entry(name)))
                        .put("hash", secret.hash()));
        return Json.text(column);
    }

    static Map<String, Secret> read(String text, Vault vault, Place row) {
        Place place = row.column(COLUMN);
        return Json.read(
                text,
                place.toString(),
                column -> {
                    Map<String, Secret> secrets = new LinkedHashMap<>();
                    for (Map.Entry<String, JsonNode> entry : column.properties()) {
                        String sealed = entry.getValue().required("sealed").stringValue();
                        secrets.put(
                                entry.getKey(),
                                new Secret(
                                        vault.open(sealed, place.entry(entry.getKey())),
                                        entry.getValue().required("hash").stringValue()));
                    }
                    return secrets;
                });
    }
}
