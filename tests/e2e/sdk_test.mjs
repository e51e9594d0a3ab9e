// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { generateKeyPair } from 'jose';
import { Stand, call, next } from './support/stand.mjs';

let stand;
before(async () => {
    stand = await Stand.create();
    await stand.startBroker();
    stand.startService('chat_service');
});
after(() => stand?.close());

async function subscribe(client, channel) {
    const subscription = client.newSubscription(channel);
    subscription.subscribe();
    await subscription.ready(5_000);
    return subscription;
}

test('an anonymous client connects', async () => {
    assert.equal((await stand.connect()).state, 'connected');
});

test('a token names the user', async () => {
    const client = await stand.connect({ token: await stand.token('ada') });
    const { name, text } = await call(client, 'chat.say', { room: 'lobby', text: 'hi' });
    assert.deepEqual([name, text], ['ada', 'hi']);
});

test('an expired token makes the SDK ask for another', async () => {
    let asked = 0;
    await stand.connect({ token: await stand.token('ada', -3600), getToken: () => (++asked, stand.token('ada')) });
    assert.equal(asked, 1);
});

test('a forged token is refused with 3500', async () => {
    const client = stand.client({ token: await stand.token('ada', 600, 'x'.repeat(64)) });
    const gone = next(client, 'disconnected');
    client.connect();
    assert.equal((await gone).code, 3500);
});

for (const alg of ['HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) {
    test(`a token of another library is accepted: ${alg}`, async () => {
        await stand.connect({ token: await stand.tokenBy(alg) });
        if (!alg.startsWith('HS')) await stand.connect({ token: await stand.tokenBy(alg, { kid: `key-${alg}` }) });
    });
}

for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) {
    test(`a token of somebody else's key is refused with 3500: ${alg}`, async () => {
        const { privateKey } = await generateKeyPair(alg);
        const client = stand.client({ token: await stand.tokenBy(alg, { key: privateKey, kid: `key-${alg}` }) });
        const gone = next(client, 'disconnected');
        client.connect();
        assert.equal((await gone).code, 3500);
    });

    test(`fairlead token signs with a private key: ${alg}`, async () => {
        const args = ['token', '--user', 'ada', '--key-file', await stand.keyFile(alg), '--algorithm', alg];
        const { stdout } = await promisify(execFile)(stand.program('fairlead'), args);
        await stand.connect({ token: stdout.trim() });
    });
}

test('a publication reaches the other client, and after unsubscribing and subscribing again', async () => {
    const [one, two] = [await stand.connect(), await stand.connect()];
    const subscription = await subscribe(two, 'news:e2e');
    for (const round of [1, 2]) {
        const received = next(subscription, 'publication');
        await one.publish('news:e2e', { round });
        assert.deepEqual((await received).data, { round });
        subscription.unsubscribe();
        subscription.subscribe();
        await subscription.ready(5_000);
    }
});

test('the error of a handler keeps its code and message', async () => {
    const client = await stand.connect({ token: await stand.token('ada') });
    await assert.rejects(call(client, 'chat.say', { room: 'cellar', text: 'x' }), { code: 1404, message: 'no such room' });
});

test('an unknown topic is 104', async () => {
    await assert.rejects((await stand.connect()).rpc('nobody.here', {}), { code: 104 });
});

test('a short token is refreshed without a disconnect', async () => {
    let asked = 0;
    const client = await stand.connect({ getToken: () => stand.token('ada', ++asked === 1 ? 2 : 600) });
    const lost = () => assert.fail('the connection was lost');
    client.on('connecting', lost);
    for (const end = Date.now() + 20_000; asked < 2 && Date.now() < end;) await new Promise((r) => setTimeout(r, 50));
    await client.rpc('nobody.here', {}).catch((error) => assert.equal(error.code, 104));
    client.off('connecting', lost);
    assert.equal(asked, 2);
});

test('a broker that ends says 3001; on the same ports again, traffic flows by itself', async () => {
    const client = await stand.connect({ token: await stand.token('ada') });
    const subscription = await subscribe(client, 'chat:lobby');
    const lost = next(client, 'connecting');
    await stand.end(stand.broker, 'SIGTERM');
    assert.equal((await lost).code, 3001);
    await stand.startBroker();
    await client.ready(20_000);
    await subscription.ready(20_000);
    const received = next(subscription, 'publication');
    await call(client, 'chat.say', { room: 'lobby', text: 'back' });
    assert.equal((await received).data.text, 'back');
});
