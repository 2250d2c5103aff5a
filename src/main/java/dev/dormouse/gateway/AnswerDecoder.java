package dev.dormouse.gateway;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Reads answers of HTTP/1.1, knowing what they answer to, and tells whether more was read. */
final class AnswerDecoder extends HttpResponseDecoder {
    private boolean toHead;
    private boolean inHead;

    AnswerDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /**
     * @param head whether the next answer is one to {@code HEAD}, which has no body whatever it
     *     says
     */
    void expect(boolean head) {
        toHead = head;
    }

    /** Whether bytes were read that are not a message yet. */
    boolean hasRest() {
        return inHead || actualReadableBytes() > 0;
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        inHead = true;
        return super.createMessage(initialLine);
    }

    /** Asked once of each head that is complete. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        inHead = false;
        return super.isContentAlwaysEmpty(message)
                || (toHead
                        && message instanceof HttpResponse answer
                        && answer.status().codeClass() != HttpStatusClass.INFORMATIONAL);
    }
}
