/*
 * The server's end of a WebSocket that echoes (RFC 6455): messages in frames of up to 64 KiB, a ping
 * is answered, a close is given back.
 */
#define KEY_MAX 64
#define FRAME_MAX 65535

static unsigned rotated(unsigned word, int bits) {
    return word << bits | word >> (32 - bits);
}

static void sha1_block(unsigned state[5], const unsigned char *block) {
    unsigned w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 16; i++) {
        w[i] = (unsigned)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (int i = 16; i < 80; i++) w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        unsigned f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        unsigned k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
        unsigned next = rotated(a, 5) + f + e + k + w[i];
        e = d, d = c, c = rotated(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/* Of a text that fits two blocks with its end: a key and what is put behind it do. */
static void sha1(const char *text, unsigned char digest[20]) {
    unsigned state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    unsigned char all[128] = {0};
    size_t length = strlen(text), size = length < 56 ? 64 : 128;
    memcpy(all, text, length);
    all[length] = 0x80;
    all[size - 2] = (unsigned char)(length >> 5);
    all[size - 1] = (unsigned char)(length << 3);
    for (size_t at = 0; at < size; at += 64) sha1_block(state, all + at);
    for (int i = 0; i < 20; i++) digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

/* Twenty bytes are twenty-eight characters, of which the last is a sign that there is no more. */
static void base64(const unsigned char digest[20], char text[29]) {
    const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 27; i++) {
        int at = i * 6 / 8, shift = 10 - i * 6 % 8;
        unsigned two = (unsigned)digest[at] << 8 | (at < 19 ? digest[at + 1] : 0);
        text[i] = letters[two >> shift & 63];
    }
    strcpy(text + 27, "=");
}

static int switch_protocols(struct request *r) {
    char key[KEY_MAX + 40] = "", head[256], accept[29];
    unsigned char digest[20];
    char *line = strcasestr(r->head, "\r\nsec-websocket-key:");
    if (!line || sscanf(line + 20, " %64[^ \r\n]", key) != 1) return answer_text(r, 404, "no key\n");
    strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    sha1(key, digest);
    base64(digest, accept);
    int n = snprintf(head, sizeof head, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    return send_all(r->socket, head, (size_t)n);
}

static int echo_frame(struct request *r) {
    unsigned char frame[FRAME_MAX + 4], mask[4] = {0};
    int first = body_byte(r), second = body_byte(r);
    if (first < 0 || second < 0 || (second & 127) == 127) return -1;
    size_t length = (size_t)(second & 127), begin = 2;
    if (length == 126) length = (size_t)body_byte(r) << 8 | (size_t)body_byte(r), begin = 4;
    if (length > FRAME_MAX) return -1;
    for (int i = 0; second & 128 && i < 4; i++) mask[i] = (unsigned char)body_byte(r);
    for (size_t i = 0; i < length; i++) {
        int byte = body_byte(r);
        if (byte < 0) return -1;
        frame[begin + i] = (unsigned char)(byte ^ mask[i % 4]);
    }
    int is_ping = (first & 15) == 9;
    frame[0] = (unsigned char)(is_ping ? (first & ~15) | 10 : first);
    frame[1] = (unsigned char)(begin == 4 ? 126 : length);
    if (begin == 4) frame[2] = (unsigned char)(length >> 8), frame[3] = (unsigned char)length;
    return send_all(r->socket, (char *)frame, begin + length) || (first & 15) == 8 ? -1 : 0;
}

static int web_socket(struct request *r) {
    if (switch_protocols(r)) return -1;
    while (echo_frame(r) == 0) {
    }
    return -1;
}
