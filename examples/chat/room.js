// SPDX-License-Identifier: Apache-2.0
// A room as the broker tells it: what was said before and is said now, who is here, who is typing.
//     on.message(message, place)     each once; history may come after what is said now, so the place says where it belongs
//     on.gap(place)                  some that came before this place are lost to us
//     on.ready({ back, missed, gap })   all is there. After an absence: how many came meanwhile, whether some are lost
//     on.people(names), on.typing(names), on.trouble(text)
// A place is { epoch, offset }: offsets count up within an epoch; the broker begins another one when it forgot the last.
const keptAtMost = 100;
const typingMs = 3000;

// On the development profile anyone may publish anything here.
const isMessage = (data) => typeof data?.name === 'string' && typeof data.text === 'string' && Math.abs(data.time) < 8e15;

export class Room {
    #client; #me; #on; #talk; #notes;
    #newest = { epoch: '', offset: 0 };
    #whole = false;       // history was read, and nothing was lost since
    #left;                // the newest place of when #whole ended; none at first
    #missed = 0;          // what others said while we were away
    #people = new Map();  // client id: user. One person may have several tabs
    #typing = new Map();  // user: timer

    constructor(client, me, name, on) {
        [this.#client, this.#me, this.#on, this.name] = [client, me, on, name];
        this.#talk = client.newSubscription(`chat:${name}`, { joinLeave: true })
            .on('publication', (publication) => this.#receive(publication))
            .on('subscribed', (context) => this.#begin(context))
            .on('join', ({ info }) => this.#showPeople(this.#people.set(info.client, info.user)))
            .on('leave', ({ info }) => this.#showPeople(this.#people.delete(info.client)))
            .on('unsubscribed', ({ reason }) => this.#on.trouble(`not in this room: ${reason}`));
        this.#notes = client.newSubscription(`typing:${name}`)
            .on('publication', ({ data }) => data?.name !== me && this.#startTyping(String(data?.name)))
            .on('subscribed', () => queueMicrotask(() => this.#stopAllTyping()));  // that was while we were away
        this.#talk.subscribe();
        this.#notes.subscribe();
    }

    leave() {
        this.#stopAllTyping();
        this.#on = Object.fromEntries(Object.keys(this.#on).map((name) => [name, () => {}]));
        this.#client.removeSubscription(this.#talk);  // unsubscribes as well
        this.#client.removeSubscription(this.#notes);
    }

    // Who is here is told by joins and leaves, but not in crowded rooms: so it is asked for now and then.
    async refresh() {
        try {
            if (!this.#whole) await this.#readHistory();
            const { clients } = await this.#talk.presence();
            this.#people = new Map(Object.values(clients).map(({ client, user }) => [client, user]));
            this.#showPeople();
        } catch (error) {
            if (error.code >= 100) this.#on.trouble(error.message);  // less: cut off; `subscribed` will come again
        }
    }

    #begin({ recovered, streamPosition }) {
        const { epoch } = streamPosition;
        if (this.#whole) this.#left = this.#newest;
        if (this.#newest.epoch !== epoch) this.#newest = { epoch, offset: 0 };
        this.#missed = 0;
        this.#whole &&= recovered;
        // What was missed is handed over right after this, before anything else runs.
        if (this.#whole) queueMicrotask(() => this.#on.ready({ back: true, missed: this.#missed, gap: false }));
        this.refresh();
    }

    async #readHistory() {
        const { publications, epoch, offset } = await this.#talk.history({ limit: keptAtMost, reverse: true });
        const first = publications.at(-1)?.offset ?? offset + 1;
        const back = this.#left !== undefined;
        const gap = back && (this.#left.epoch !== epoch || this.#left.offset < first - 1);
        if (gap) this.#on.gap({ epoch, offset: first });
        for (const publication of publications.reverse()) this.#receive(publication);
        this.#whole = true;
        this.#on.ready({ back, missed: this.#missed, gap });
    }

    #receive({ data, offset }) {
        const { epoch } = this.#newest;
        const isNew = offset > this.#newest.offset;
        if (isNew) this.#newest = { epoch, offset };
        if (!isMessage(data)) return;
        if (isNew && data.name !== this.#me) ++this.#missed;
        this.#stopTyping(data.name);
        this.#on.message(data, { epoch, offset });
    }

    #showPeople() {
        this.#on.people([...new Set(this.#people.values())].sort((a, b) => a.localeCompare(b)));
    }

    #startTyping(name) {
        clearTimeout(this.#typing.get(name));
        this.#typing.set(name, setTimeout(() => this.#stopTyping(name), typingMs));
        this.#on.typing([...this.#typing.keys()]);
    }

    #stopTyping(name) {
        clearTimeout(this.#typing.get(name));
        if (this.#typing.delete(name)) this.#on.typing([...this.#typing.keys()]);
    }

    #stopAllTyping() {
        for (const name of [...this.#typing.keys()]) this.#stopTyping(name);
    }
}
