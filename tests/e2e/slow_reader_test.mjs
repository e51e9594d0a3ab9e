// SPDX-License-Identifier: Apache-2.0
// What the real SDK makes of it when it was too slow for a channel that can be recovered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Stand, next } from './support/stand.mjs';

const rules = `
[client]
anonymous = true
commands = 100000
commands_burst = 100000
max_bytes_per_second = "1 GiB"
max_fanout_per_second = "1 GiB"
max_queue = "256 KiB"
max_queue_age = "1h"

[[namespace]]
name = "news"
subscribe = ["anyone"]
publish = ["anyone"]
history_size = 100
slow_reader = "drop_newest"

[[namespace]]
name = "filling"
subscribe = ["anyone"]
publish = ["anyone"]
slow_reader = "drop_newest"
`;

let stand;
before(async () => {
    stand = await Stand.create();
    await stand.startBroker(rules);
});
after(() => stand?.close());

async function subscribe(client, channel) {
    const subscription = client.newSubscription(channel);
    const subscribed = next(subscription, 'subscribed');
    subscription.subscribe();
    await subscribed;
    return subscription;
}

test('T14: who was too slow is sent to recover by itself, and misses nothing', async () => {
    let socket;
    class Pausable extends WebSocket {
        constructor(...args) {
            super(...args);
            socket = this;
        }
    }
    const reader = await stand.connect({ websocket: Pausable });
    const writer = await stand.connect();
    const news = await subscribe(reader, 'news:1');
    await subscribe(reader, 'filling:1');
    const seen = [];
    const ends = [];
    news.on('publication', ({ data }) => seen.push(data.number));
    news.on('subscribing', ({ code }) => ends.push(code));
    const publish = (number) => writer.publish('news:1', { number, text: 'x'.repeat(1000) });

    await publish(1);
    while (seen.length < 1) await next(news, 'publication');
    socket.pause();
    for (let i = 0; i < 1000; ++i) await writer.publish('filling:1', 'x'.repeat(8000));
    for (let i = 0; i < 100; ++i) await writer.publish('filling:1', 'x'.repeat(100));
    for (let number = 2; number <= 50; ++number) await publish(number);
    const back = next(news, 'subscribed');
    socket.resume();
    const { wasRecovering, recovered } = await back;
    assert.deepEqual([wasRecovering, recovered], [true, true]);
    assert.deepEqual(ends, [2500]);
    await publish(51);
    while (seen.at(-1) !== 51) await next(news, 'publication');
    assert.deepEqual(seen, Array.from({ length: 51 }, (_, i) => i + 1));
});
