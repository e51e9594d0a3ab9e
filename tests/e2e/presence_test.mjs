// SPDX-License-Identifier: Apache-2.0
// Who is there, who joins and who leaves, as the real SDK shows it; and what a service does to its subscriptions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stand, call, next } from './support/stand.mjs';

const rules = `
[client]
anonymous = true
topics = ["victim.>"]
leave_delay = "200ms"

[[namespace]]
name = "room"
subscribe = ["anyone"]
publish = ["anyone"]
presence = ["anyone"]
join_leave = true
history_size = 100

[[namespace]]
name = "plain"
subscribe = ["anyone"]
`;

let stand;
before(async () => {
    stand = await Stand.create();
    await stand.startBroker(rules);
});
after(() => stand?.close());

async function enter(user, channel, options = {}) {
    const client = await stand.connect({ token: await stand.token(user, 600, stand.secret, { info: { name: user.toUpperCase() } }) });
    const subscription = client.newSubscription(channel, { joinLeave: true, ...options });
    const subscribed = next(subscription, 'subscribed');
    subscription.subscribe();
    await subscribed;
    return { client, subscription };
}

test('presence lists who is there, with what their tokens say', async () => {
    const ann = await enter('ann', 'room:1');
    const bob = await enter('bob', 'room:1');
    const { clients } = await ann.subscription.presence();
    assert.deepEqual(Object.values(clients).map(({ user, connInfo }) => [user, connInfo.name]).sort(),
        [['ann', 'ANN'], ['bob', 'BOB']]);
    assert.equal(Object.keys(clients).every((id) => clients[id].client === id), true);
    await enter('bob', 'room:1');
    const { numClients, numUsers } = await bob.subscription.presenceStats();
    assert.deepEqual([numClients, numUsers], [3, 2]);
});

test('a namespace without presence says so', async () => {
    const { subscription } = await enter('ann', 'plain:1');
    await assert.rejects(subscription.presence(), { code: 103 });
});

test('joins and leaves are told, and who is back at once has not left', async () => {
    const ann = await enter('ann', 'room:2');
    const seen = [];
    ann.subscription.on('join', ({ info }) => seen.push(`+${info.user}`));
    ann.subscription.on('leave', ({ info }) => seen.push(`-${info.user}`));
    if (seen.length === 0) await next(ann.subscription, 'join');  // her own
    const joined = next(ann.subscription, 'join');
    const bob = await enter('bob', 'room:2');
    await joined;
    bob.subscription.unsubscribe();
    const again = next(bob.subscription, 'subscribed');
    bob.subscription.subscribe();
    await again;
    const left = next(ann.subscription, 'leave');
    bob.client.disconnect();
    await left;
    assert.deepEqual(seen, ['+ann', '+bob', '-bob']);
});

test('a service subscribes a client, which comes back to what it missed', async () => {
    stand.startService('victim_service', [stand.address.backplane]);
    const client = await stand.connect({ token: await stand.token('eve') });
    const seen = [];
    client.on('publication', ({ channel, data }) => seen.push([channel, data]));
    const subscribed = next(client, 'subscribed');
    assert.equal(await call(client, 'victim.subscribe', 'room:3'), true);
    const told = await subscribed;
    assert.deepEqual([told.channel, told.recoverable], ['room:3', true]);
    const first = next(client, 'publication');
    await call(client, 'victim.publish', 'room:3');
    await first;
    assert.deepEqual(seen, [['room:3', 'by the service']]);
    const ended = next(client, 'unsubscribed');
    await call(client, 'victim.unsubscribe', 'room:3');
    assert.equal((await ended).channel, 'room:3');
});

test("a user's own channel is recovered: a device in a tunnel gets what it missed", async () => {
    const other = await stand.connect({ token: await stand.token('bob') });
    const client = await stand.connect({ token: await stand.token('eve') });
    const seen = [];
    client.on('publication', ({ channel, data, tags }) => seen.push([channel, data, tags?.name]));
    const first = next(client, 'publication');
    await call(other, 'victim.publish', 'user:eve');
    await first;
    client.disconnect();
    await call(other, 'victim.publish', 'user:eve');
    await call(other, 'victim.publish', 'user:eve');
    const last = new Promise((resolve) => client.on('publication', () => seen.length === 3 && resolve()));
    client.connect();
    await last;
    assert.deepEqual(seen.map(([channel, data]) => [channel, data]), Array(3).fill(['user:eve', 'by the service']));
});
