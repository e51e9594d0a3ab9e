// SPDX-License-Identifier: Apache-2.0
// Peers that begin and do not go on: a quarter each is silent, dribbles a ClientHello, is silent in TLS, dribbles an
// HTTP request in TLS. Each comes back about two seconds after it was cut. They come from a hundred addresses, so that the
// ports of one are not used up.
import { Duplex } from 'node:stream';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const dribbleMs = 500;
const comeBackMs = 2000;

// The bytes with which a TLS client begins.
const clientHello = await new Promise((resolve) => {
    const nowhere = new Duplex({ read() {}, write: (bytes) => resolve(bytes) });
    connectTls({ socket: nowhere, servername: 'localhost' }).on('error', () => {});
});
const request = Buffer.from('GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nX-Slow: ' + 'x'.repeat(4000));

export class Slowloris {
    #peers = new Set();
    #timers = new Set();
    #ended = false;
    #full;

    // `address` is host:port of a broker with TLS. Resolves when all were connected at least once.
    static async start(address, count) {
        const slowloris = new Slowloris();
        const [host, port] = address.split(':');
        slowloris.cuts = 0;
        let missing = count;
        await new Promise((resolve) => {
            slowloris.#full = () => --missing || resolve();
            for (let i = 0; i < count; ++i) slowloris.#open({ host, port, localAddress: `127.0.${1 + i % 100}.1` }, i % 4, true);
        });
        return slowloris;
    }

    get open() {
        return this.#peers.size;
    }

    end() {
        this.#ended = true;
        for (const timer of this.#timers) clearTimeout(timer);
        for (const peer of this.#peers) peer.destroy();
    }

    #open(way, kind, first) {
        const inTls = kind >= 2;
        const peer = inTls ? connectTls({ ...way, rejectUnauthorized: false }) : connect(way);
        const bytes = kind === 1 ? clientHello : kind === 3 ? request : Buffer.alloc(0);
        let connected = !first;
        const settle = () => {
            if (!connected) this.#full();
            connected = true;
        };
        peer.once(inTls ? 'secureConnect' : 'connect', () => {
            this.#peers.add(peer);
            settle();
            this.#dribble(peer, bytes, 0);
        });
        peer.on('error', () => {});
        peer.once('close', () => {
            this.#peers.delete(peer);
            settle();
            if (this.#ended) return;
            ++this.cuts;
            this.#later(comeBackMs * (0.5 + Math.random()), () => this.#open(way, kind, false));
        });
        peer.resume();
    }

    #dribble(peer, bytes, at) {
        if (at >= bytes.length || peer.destroyed) return;
        peer.write(bytes.subarray(at, at + 1));
        this.#later(dribbleMs, () => this.#dribble(peer, bytes, at + 1));
    }

    #later(delayMs, act) {
        const timer = setTimeout(() => {
            this.#timers.delete(timer);
            act();
        }, delayMs);
        this.#timers.add(timer);
    }
}

// A hundred connects of the SDK, one after the other, with a pause between them in which peers are cut and come back;
// what they took, and how many did not get in at the first try.
export async function connectInARow(stand, options, pauseMs) {
    const times = 100;
    const took = [];
    let failed = 0;
    for (let i = 0; i < times; ++i) {
        const client = stand.client(options);
        let failures = 0;
        client.on('error', () => ++failures);
        client.on('connecting', ({ code }) => code === 0 || ++failures);  // it had begun, and begins again
        const begin = performance.now();
        client.connect();
        await client.ready(30_000).catch(() => ++failures);
        took.push(performance.now() - begin);
        failed += failures > 0 ? 1 : 0;
        client.disconnect();
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    took.sort((a, b) => a - b);
    return { failed, medianMs: took[times >> 1], longestMs: took[times - 1] };
}
