// SPDX-License-Identifier: Apache-2.0
// What the real SDK makes of subscription tokens, revocations and channels that a connection token names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { Stand, call, next } from './support/stand.mjs';

const rules = `
[client]
expiry_grace = "1s"
topics = ["accounts.>"]

[[namespace]]
name = "room"
subscribe = ["token"]
publish = ["permission"]

[[namespace]]
name = "news"
subscribe = ["permission"]

[[permission]]
labels = ["editor"]
subscribe = ["news:*"]
publish = ["room:*"]
`;

let stand;
before(async () => {
    stand = await Stand.create();
    await stand.startBroker(rules);
    stand.startService('70_revoke');
});
after(() => stand?.close());

function sign(claims, secondsToLive) {
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuedAt();
    if (secondsToLive !== undefined) token.setExpirationTime(Math.floor(Date.now() / 1000) + secondsToLive);
    return token.sign(Buffer.from(stand.secret));
}

const connectAs = async (sub, claims = {}) => stand.connect({ token: await sign({ sub, ...claims }) });

test('getToken opens a channel, and its info comes with what the client publishes', async () => {
    const ada = await connectAs('ada', { labels: ['editor'] });
    let asked = 0;
    const room = ada.newSubscription('room:1', {
        getToken: ({ channel }) => (++asked, sign({ sub: 'ada', channel, info: { seat: 7 } })),
    });
    room.subscribe();
    await room.ready(5_000);
    assert.equal(asked, 1);
    const heard = next(room, 'publication');
    await ada.publish('room:1', 'hi');
    const { data, info } = await heard;
    assert.equal(data, 'hi');
    assert.equal(info.user, 'ada');
    assert.deepEqual(info.chanInfo, { seat: 7 });
});

for (const [what, claims] of [['another user', { sub: 'bob', channel: 'room:1' }],
    ['another channel', { sub: 'ada', channel: 'room:2' }], ['a connection', { sub: 'ada' }]]) {
    test(`a token for ${what} ends the subscription with 103, not the connection`, async () => {
        const ada = await connectAs('ada');
        const room = ada.newSubscription('room:1', { token: await sign(claims) });
        const gone = next(room, 'unsubscribed');
        room.subscribe();
        assert.equal((await gone).code, 103);
        assert.equal(ada.state, 'connected');
    });
}

test('an expired subscription token makes the SDK ask for another', async () => {
    const ada = await connectAs('ada');
    let asked = 0;
    const room = ada.newSubscription('room:1', {
        token: await sign({ sub: 'ada', channel: 'room:1' }, -3600),
        getToken: ({ channel }) => (++asked, sign({ sub: 'ada', channel })),
        minResubscribeDelay: 10,
    });
    room.subscribe();
    await room.ready(10_000);
    assert.equal(asked, 1);
});

test('the SDK refreshes a subscription before its token ends', async () => {
    const ada = await connectAs('ada');
    let refreshed;
    const again = new Promise((resolve) => { refreshed = resolve; });
    let asked = 0;
    const room = ada.newSubscription('room:1', {
        getToken: ({ channel }) => {
            if (++asked === 3) refreshed();
            return sign({ sub: 'ada', channel }, 2);
        },
    });
    let lost = 0;
    room.subscribe();
    await room.ready(5_000);
    room.on('subscribing', () => ++lost);
    await again;
    assert.equal(room.state, 'subscribed');
    assert.equal(lost, 0);
});

test('labels open channels, and a client without them is denied', async () => {
    const [editor, reader] = [await connectAs('ada', { labels: ['editor'] }), await connectAs('bob')];
    const allowed = editor.newSubscription('news:today');
    allowed.subscribe();
    await allowed.ready(5_000);
    const denied = reader.newSubscription('news:today');
    const gone = next(denied, 'unsubscribed');
    denied.subscribe();
    assert.equal((await gone).code, 103);
});

test('a connection token subscribes to the channels it names, and a new token to other ones', async () => {
    const client = stand.client({
        token: await sign({ sub: 'ada', channels: ['news:1', 'news:2'] }, 2),
        getToken: () => sign({ sub: 'ada', channels: ['news:2', 'news:3'] }, 600),
    });
    const events = [];
    for (const event of ['subscribed', 'unsubscribed']) client.on(event, ({ channel }) => events.push([event, channel]));
    client.connect();
    await client.ready(5_000);
    const three = new Promise((resolve) => client.on('subscribed', ({ channel }) => channel === 'news:3' && resolve()));
    await three;
    const news = events.filter(([, channel]) => channel.startsWith('news:'));
    assert.deepEqual(news.slice(0, 2).sort(), [['subscribed', 'news:1'], ['subscribed', 'news:2']]);
    assert.deepEqual(news.slice(2).sort(), [['subscribed', 'news:3'], ['unsubscribed', 'news:1']]);
});

test('who is signed out everywhere is closed with 3500 on each device, until a new login', async () => {
    const old = await sign({ sub: 'eve' });
    const [phone, desk, other] = [await stand.connect({ token: old }), await stand.connect({ token: old }),
        await connectAs('bob')];
    const gone = [phone, desk].map((client) => next(client, 'disconnected'));
    call(phone, 'accounts.sign_out', {}).catch(() => {});
    for (const { code, reason } of await Promise.all(gone)) {
        assert.equal(code, 3500);
        assert.equal(reason, 'signed out');
    }
    const again = stand.client({ token: old });
    const refused = next(again, 'disconnected');
    again.connect();
    assert.equal((await refused).code, 3500);
    assert.equal(other.state, 'connected');
    // `iat` counts whole seconds: the next one is after the revocation.
    const later = Math.floor(Date.now() / 1000) + 1;
    await stand.connect({ token: await new SignJWT({ sub: 'eve' }).setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt(later).sign(Buffer.from(stand.secret)) });
});
