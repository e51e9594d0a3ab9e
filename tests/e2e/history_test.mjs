// SPDX-License-Identifier: Apache-2.0
// Channels that keep history: what the real SDK reads of it, and gets by itself after it was away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cutAndRecover } from './support/recovery.mjs';
import { Relay } from './support/relay.mjs';
import { Stand, next } from './support/stand.mjs';

const rules = `
[client]
anonymous = true
commands = 10000
commands_burst = 10000

[[namespace]]
name = "news"
subscribe = ["anyone"]
publish = ["anyone"]
history = ["anyone"]
history_size = 100

[[namespace]]
name = "state"
subscribe = ["anyone"]
publish = ["anyone"]
history_size = 1
recovery = "cache"

[[namespace]]
name = "plain"
subscribe = ["anyone"]
publish = ["anyone"]
history = ["anyone"]
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
    return { subscription, context: await subscribed };
}

test('who was away gets what was published meanwhile, in order', async () => {
    const reader = await stand.connect();
    const writer = await stand.connect();
    const { subscription, context } = await subscribe(reader, 'news:1');
    assert.equal(context.recoverable, true);
    await writer.publish('news:1', 'a');
    const seen = [];
    subscription.on('publication', ({ data, offset }) => seen.push([data, offset]));
    reader.disconnect();
    for (const text of ['b', 'c', 'd']) await writer.publish('news:1', text);
    const back = next(subscription, 'subscribed');
    reader.connect();
    const { wasRecovering, recovered } = await back;
    assert.deepEqual([wasRecovering, recovered], [true, true]);
    await writer.publish('news:1', 'e');
    while (seen.at(-1)?.[0] !== 'e') await next(subscription, 'publication');
    assert.deepEqual(seen.slice(-4), [['b', 2], ['c', 3], ['d', 4], ['e', 5]]);
});

test('who missed more than is kept is told so, and gets nothing of it', async () => {
    const reader = await stand.connect();
    const writer = await stand.connect();
    const { subscription } = await subscribe(reader, 'news:2');
    const seen = [];
    subscription.on('publication', ({ data }) => seen.push(data));
    reader.disconnect();
    for (let i = 0; i < 101; ++i) await writer.publish('news:2', i);
    const back = next(subscription, 'subscribed');
    reader.connect();
    const { wasRecovering, recovered } = await back;
    assert.deepEqual([wasRecovering, recovered], [true, false]);
    await writer.publish('news:2', 'now');
    while (seen.length === 0) await next(subscription, 'publication');
    assert.deepEqual(seen, ['now']);
});

test('a state channel gives the newest alone', async () => {
    const reader = await stand.connect();
    const writer = await stand.connect();
    const { subscription } = await subscribe(reader, 'state:1');
    reader.disconnect();
    for (const text of ['x', 'y', 'z']) await writer.publish('state:1', text);
    const publication = next(subscription, 'publication');
    reader.connect();
    assert.equal((await publication).data, 'z');
});

test('history is read from either end, and from a place on', async () => {
    const client = await stand.connect();
    const { subscription } = await subscribe(client, 'news:3');
    for (const text of ['a', 'b', 'c', 'd']) await client.publish('news:3', text);
    const texts = async (options) => (await subscription.history(options)).publications.map(({ data }) => data);
    assert.deepEqual(await texts({ limit: 2 }), ['a', 'b']);
    assert.deepEqual(await texts({ limit: 2, reverse: true }), ['d', 'c']);
    const { offset, epoch } = await subscription.history({ limit: 0 });
    assert.equal(offset, 4);
    assert.deepEqual(await texts({ limit: 10, since: { offset: 2, epoch } }), ['c', 'd']);
    await assert.rejects(subscription.history({ limit: 1, since: { offset: 2, epoch: 'other' } }), { code: 112 });
    const plain = await subscribe(client, 'plain:1');
    await assert.rejects(plain.subscription.history({ limit: 1 }), { code: 108 });
});

test('250 cuts lose nothing, double nothing and keep the order', async () => {
    const relay = await Relay.to(stand.url);
    try {
        assert.ok(await cutAndRecover(stand, relay, 'news:cut', 250) > 50);
    } finally {
        relay.close();
    }
});

test('a broker that was restarted has another epoch: what was missed cannot be had', async () => {
    const reader = await stand.connect();
    const { subscription } = await subscribe(reader, 'news:4');
    await reader.publish('news:4', 'a');
    const lost = next(subscription, 'subscribing');
    await stand.end(stand.broker, 'SIGKILL');
    await lost;
    const back = next(subscription, 'subscribed');
    await stand.startBroker(rules);
    const { wasRecovering, recovered } = await back;
    assert.deepEqual([wasRecovering, recovered], [true, false]);
});
