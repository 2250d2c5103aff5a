package dev.dormouse.api;

import dev.dormouse.model.ApiKey;
import dev.dormouse.store.StoreException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what arrives: lets the caller in, checks what is asked, has it done, and sees to it
 * that every change stands in the audit log, done or refused, before anybody is answered. Safe on
 * any thread.
 */
final class Clerk {
    private static final Logger LOG = LoggerFactory.getLogger(Clerk.class);

    private final Reception reception;
    private final Handlers handlers;
    private final Audit audit;

    Clerk(Reception reception, Handlers handlers, Audit audit) {
        this.reception = reception;
        this.handlers = handlers;
        this.audit = audit;
    }

    /**
     * Does it and says what the caller is answered.
     *
     * @throws Problem when it is not carried out; nothing has changed then
     */
    Answer serve(Operation operation, Reception.Arrival arrival) {
        Optional<ApiKey> caller = reception.admit(operation, arrival);
        Audit.Entry entry = new Audit.Entry(operation, arrival, caller);
        try {
            Request request = reception.receive(operation, arrival, caller);
            Answer answer = handlers.of(operation).handle(request);
            audit.done(entry, request, answer);
            return answer;
        } catch (Problem problem) {
            audit.refused(entry, problem);
            throw problem;
        } catch (StoreException e) {
            LOG.warn("the store failed operation={} reason={}", operation.id(), e.getMessage());
            Problem problem = Failure.toProblem(e);
            audit.refused(entry, problem);
            throw problem;
        } catch (RuntimeException e) {
            LOG.error("a request failed unexpectedly operation={}", operation.id(), e);
            Problem problem = Failure.toProblem(e);
            audit.refused(entry, problem);
            throw problem;
        }
    }
}
