// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Stand, call, next, trusting } from './support/stand.mjs';

let stand;
before(async () => {
    stand = await Stand.create();
    stand.makeCertificates();
    await stand.startBroker();
    stand.startService('chat_service');
});
after(() => stand?.close());

test('the SDK calls and hears over TLS', async () => {
    assert.match(stand.url, /^wss:/);
    const websocket = trusting(readFileSync(stand.authority));
    const client = await stand.connect({ websocket, token: await stand.token('ada') });
    const { name, text } = await call(client, 'chat.say', { room: 'lobby', text: 'hi' });
    assert.deepEqual([name, text], ['ada', 'hi']);
    const subscription = client.newSubscription('news:e2e');
    subscription.subscribe();
    await subscription.ready(5_000);
    const received = next(subscription, 'publication');
    await client.publish('news:e2e', { safe: true });
    assert.deepEqual((await received).data, { safe: true });
});

test('a broker whose authority is unknown is not trusted', async () => {
    const client = stand.client();
    const failed = next(client, 'error');
    client.connect();
    assert.match(JSON.stringify(await failed), /transport/);
    assert.notEqual(client.state, 'connected');
});
