// SPDX-License-Identifier: Apache-2.0
// A TCP relay in front of the broker that can cut what goes through it.
import { connect, createServer } from 'node:net';

export class Relay {
    #server;
    #pairs = new Set();

    // `url`: of the broker; resolves with a relay that has a `url` of its own.
    static async to(url) {
        const target = new URL(url);
        const relay = new Relay();
        relay.#server = createServer((near) => relay.#join(near, connect(Number(target.port), target.hostname)));
        await new Promise((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
        relay.url = `${target.protocol}//127.0.0.1:${relay.#server.address().port}${target.pathname}`;
        return relay;
    }

    #join(near, far) {
        const pair = [near, far];
        this.#pairs.add(pair);
        for (const [from, to] of [[near, far], [far, near]]) {
            from.on('error', () => to.destroy());
            from.on('close', () => (to.destroy(), this.#pairs.delete(pair)));
            from.pipe(to);
        }
    }

    // What the broker sends stays here until these connections are cut; what clients send goes on.
    hold() {
        for (const [near, far] of this.#pairs) far.unpipe(near);
    }

    // Cuts all connections, at whatever byte they are.
    cut() {
        for (const pair of this.#pairs) pair.forEach((socket) => socket.resetAndDestroy());
    }

    close() {
        this.cut();
        this.#server.close();
    }
}
