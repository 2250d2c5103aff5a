package dev.dormouse.engine;

import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.FakeEngine;
import java.util.UUID;

/** The contract where instances have a kernel of their own. */
class FakeEngineApartTest extends FakeEngineTest {
    @Override
    protected Engine connect(UUID asServer) {
        FakeEngine connected = (FakeEngine) super.connect(asServer);
        connected.keepsApart();
        return connected;
    }

    @Override
    protected Sandbox sandbox() {
        return Sandbox.V2;
    }
}
