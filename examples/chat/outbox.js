// SPDX-License-Identifier: Apache-2.0
// What was said and is not out yet, in order. It is sent when there is a connection, and again when it is not known what
// became of it: the service takes each id once, so nothing is said twice.
const againMs = 1000;

export class Outbox {
    #send; #refused; #waiting = []; #sending = false;

    // `send(message)` resolves when it was said; `refused(message, text)` is told what never will be.
    constructor(send, refused) {
        [this.#send, this.#refused] = [send, refused];
    }

    add(room, text) {
        const message = { id: crypto.randomUUID(), room, text };
        this.#waiting.push(message);
        return message;
    }

    of(room) {
        return this.#waiting.filter((message) => message.room === room);
    }

    // It was seen in the room.
    settle(id) {
        this.#waiting = this.#waiting.filter((message) => message.id !== id);
    }

    async flush() {
        if (this.#sending) return;
        this.#sending = true;
        try {
            while (this.#waiting.length) await this.#sendOne(this.#waiting[0]);
        } catch (error) {
            // Below 100 the connection is gone: we are called again when it is back.
            if (error.code >= 100) setTimeout(() => this.flush(), againMs);
        }
        this.#sending = false;
    }

    async #sendOne(message) {
        try {
            await this.#send(message);
        } catch (error) {
            if (!isFinal(error.code)) throw error;
            this.#refused(message, error.message);
        }
        this.settle(message.id);
    }
}

// The service's own codes and those that trying again does not mend. Not 104: the service may be starting.
function isFinal(code) {
    return code >= 400 || [101, 103, 107].includes(code);
}
