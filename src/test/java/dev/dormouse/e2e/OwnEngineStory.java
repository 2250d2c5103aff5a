package dev.dormouse.e2e;

import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.Place;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** Stories on an engine of their own, which they may stop and kill. */
abstract class OwnEngineStory extends Story {
    final OwnEngine engine = OwnEngine.start(options());

    abstract OwnEngine.Options options();

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_DOCKER_HOST", engine.host());
        return settings;
    }

    @Override
    String image() {
        return engine.image();
    }

    @Override
    Place place() {
        return engine.place();
    }

    @Override
    String engineSays(String... arguments) {
        return engine.docker(arguments);
    }

    @Override
    @AfterAll
    void end() throws IOException {
        try (engine) {
            super.end();
        }
    }
}
