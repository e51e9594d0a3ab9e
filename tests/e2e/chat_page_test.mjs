// SPDX-License-Identifier: Apache-2.0
// The chat in real browsers, through broker, chat service and page server: what was said before, who is here, and nothing
// missing after an absence of any kind.
//
// Offline is that of Chromium's DevTools. A WebSocket that is open then stays open, but nothing goes through it before the
// page is online again, and a new one fails (ERR_INTERNET_DISCONNECTED). It needs no more than that: the page hears the
// event `offline`, at which the SDK closes its socket, so that the broker sees the client leave. For what the browser does
// not announce there is a relay between page and broker, which cuts.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Relay } from './support/relay.mjs';
import { Stand, call, next } from './support/stand.mjs';

const executablePath = process.env.FAIRLEAD_CHROMIUM ?? '/usr/bin/chromium';
const pictures = process.env.FAIRLEAD_SCREENSHOT_DIR ?? tmpdir();
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const wide = { width: 1000, height: 640 };
const phone = { width: 390, height: 700 };

const skip = existsSync(executablePath) ? false : `needs ${executablePath}`;
let stand;
let relay;
const browsers = [];
before(async () => {
    if (skip) return;
    stand = await Stand.create();
    await stand.startBroker();
    relay = await Relay.to(stand.url);
    stand.startService('chat_service');
    await stand.startPages(relay.url);
});
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    relay?.close();
    await stand?.close();
});

// A browser of one's own; `page.context().newPage()` is another tab of it.
async function joinAs(name, room, options = { viewport: wide }, prepare = undefined) {
    const browser = await chromium.launch({ executablePath, args });
    browsers.push(browser);
    return openTab(await browser.newContext(options), name, room, prepare);
}

async function openTab(context, name, room, prepare) {
    const page = await context.newPage();
    await prepare?.(page);
    page.failures = [];
    // Nobody may need to wait for what the page asks now and then: it has to be right by what it is told.
    await page.addInitScript(() => {
        const set = window.setInterval;
        window.setInterval = (act, ms) => (ms >= 10_000 ? 0 : set(act, ms));
    });
    page.on('pageerror', (error) => page.failures.push(error.message));
    await page.goto(stand.page);
    await picture(page, 'join');
    await page.fill('#name', name);
    await page.click('#join button');
    await page.waitForSelector('#state[data-state=connected]');
    await page.evaluate(() => {
        const state = document.getElementById('state');
        globalThis.statesShown = [];
        new MutationObserver(() => globalThis.statesShown.push(state.textContent)).observe(state, { childList: true });
    });
    await page.locator('#rooms button', { hasText: room }).click();
    await page.waitForFunction((wanted) => document.getElementById('room').textContent === `# ${wanted}`, room);
    return page;
}

async function type(page, text) {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
}

// Waits until that holds; what it is instead is in the failure.
async function shows(read, wanted) {
    let seen;
    for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
        seen = await read();
        if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
    }
    assert.deepEqual(seen, wanted);
}

// What is said on the page, from top to bottom: nothing missing, nothing twice, in this order, all of it out.
const reads = (page, texts) => shows(() => page.locator('#messages p').allTextContents(), texts)
    .then(() => shows(() => page.locator('#messages .pending').count(), 0))
    .then(() => assert.deepEqual(page.failures, []));
const people = (page, names) => shows(() => page.locator('#people li').evaluateAll((items) =>
    items.map((item) => item.firstChild.textContent)), names);
// It is shown, or was since the last one that was waited for: some are shown for a while only.
async function state(page, text) {
    const seen = () => page.evaluate((wanted) => (globalThis.statesShown.includes(wanted) ? wanted : globalThis.statesShown.at(-1)), text);
    await shows(seen, text);
    await page.evaluate(() => { globalThis.statesShown = [globalThis.statesShown.at(-1)]; });
}

async function goOffline(page, offline) {
    // One session for both: each holds its own conditions.
    page.devTools ??= await page.context().newCDPSession(page);
    await page.devTools.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
}

async function picture(page, name) {
    await page.screenshot({ path: join(pictures, `chat-${name}.png`) });
}

async function picturesOf(page, name) {
    for (const [width, viewport] of Object.entries({ wide, phone })) {
        for (const colorScheme of ['light', 'dark']) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme });
            await picture(page, `${name}-${width}-${colorScheme}`);
        }
    }
}

test('who comes later sees what was said and who is here', { skip }, async () => {
    const ada = await joinAs('Ada', 'lobby', { colorScheme: 'light', viewport: wide });
    const bob = await joinAs('Bob', 'lobby', { colorScheme: 'dark', viewport: phone });
    const said = ['Has the ferry come in?', 'Just now, with your crates.', 'They stand at the gate.',
        'Then I come down with the cart. It takes me a while, the road is still under water behind the mill.'];
    await type(ada, said[0]);
    await reads(bob, said.slice(0, 1));
    await type(bob, said[1]);
    await reads(ada, said.slice(0, 2));
    await type(bob, said[2]);
    await reads(ada, said.slice(0, 3));
    await type(ada, said[3]);
    await reads(bob, said);
    await people(ada, ['Ada', 'Bob']);

    const eve = await joinAs('Eve', 'lobby');
    await reads(eve, said);
    assert.equal(await eve.locator('#messages time').count(), said.length);
    for (const page of [ada, bob, eve]) await people(page, ['Ada', 'Bob', 'Eve']);
    const tab = await openTab(eve.context(), 'Eve', 'lobby');
    await people(tab, ['Ada', 'Bob', 'Eve']);
    await shows(() => ada.textContent('#count'), '3');
    await shows(() => ada.textContent('#rooms [aria-current=true] small'), '3');
    const witness = (await stand.connect({ token: await stand.token('Bob') })).newSubscription('chat:lobby', { joinLeave: true });
    witness.subscribe();
    await witness.ready(5_000);
    const left = next(witness, 'leave');
    await eve.close();
    assert.equal((await left).info.user, 'Eve');
    await type(tab, 'I lend you my boots.');
    await reads(ada, [...said, 'I lend you my boots.']);  // so the page was told of the leave as well
    assert.equal(await ada.textContent('#people'), 'Ada youBobEve');

    await bob.locator('#text').pressSequentially('On my');
    await ada.waitForFunction(() => document.getElementById('typing').textContent === 'Bob is typing…');
    await picture(bob, 'bob');
    await picturesOf(ada, 'ada');
    await tab.close();
    for (const page of [ada, bob]) await people(page, ['Ada', 'Bob']);
});

test('what is said while history is on its way stands there once', { skip }, async () => {
    const bob = await stand.connect({ token: await stand.token('Bob') });
    let said = 0;
    // Holds the question for history until Bob has said something: it comes live, and again in the answer.
    const between = (page) => page.routeWebSocket(/connection/, (near) => {
        const far = near.connectToServer();
        let order = Promise.resolve();
        near.onMessage((message) => order = order.then(async () => {
            if (/"history":/.test(message)) await call(bob, 'chat.say', { room: 'lobby', text: `Between ${++said}` });
            far.send(message);
        }));
    });
    const ada = await joinAs('Ada', 'lobby', { viewport: wide }, between);  // enters it twice
    await shows(async () => (await ada.locator('#messages p').allTextContents()).filter((text) => /Between/.test(text)),
        ['Between 1', 'Between 2']);
    assert.deepEqual(ada.failures, []);
});

test('a page that was offline misses nothing, and says what it had to', { skip }, async () => {
    const ada = await joinAs('Ada', 'harbour');
    const bob = await joinAs('Bob', 'harbour', { viewport: phone });
    const texts = ['Before.'];
    await type(bob, texts[0]);
    await reads(ada, texts);
    await people(ada, ['Ada', 'Bob']);

    await goOffline(bob, true);
    await bob.waitForSelector('#state[data-state=reconnecting]');
    await people(ada, ['Ada']);
    for (let i = 1; i <= 30; ++i) {
        texts.push(`Meanwhile ${i}`);
        await type(ada, texts.at(-1));
    }
    await reads(ada, texts);
    const mine = ['Said in the tunnel.', 'And once more.'];
    for (const text of mine) await type(bob, text);
    assert.equal(await bob.locator('#messages .pending').count(), 2);
    await picture(bob, 'offline');
    await goOffline(bob, false);
    await state(bob, 'back: 30 messages that you missed');
    await picture(bob, 'back');
    texts.push(...mine);
    for (const page of [bob, ada]) await reads(page, texts);
    assert.equal(await bob.textContent('#typing'), '');  // Ada typed, but long ago
    for (const page of [bob, ada]) await people(page, ['Ada', 'Bob']);
});

test('who missed more than is kept is told so', { skip }, async () => {
    const ada = await stand.connect({ token: await stand.token('Ada') });
    const bob = await joinAs('Bob', 'harbour');
    await type(bob, 'Last of before.');
    await bob.locator('#messages .own:not(.pending)', { hasText: 'Last of before.' }).waitFor();
    const before = await bob.locator('#messages p').allTextContents();
    await goOffline(bob, true);
    const lost = Array.from({ length: 120 }, (_, i) => `Flood ${i}`);
    for (const text of lost) await call(ada, 'chat.say', { room: 'harbour', text });
    await goOffline(bob, false);
    await state(bob, 'back; some messages may be missing: reloaded');
    await reads(bob, [...before, ...lost.slice(-100)]);
    assert.deepEqual(await bob.locator('#messages .note').allTextContents(), ['some messages may be missing here']);
    const next = await bob.locator('#messages .note + li p').textContent();
    assert.equal(next, lost.at(-100));
    await bob.locator('#messages .note').scrollIntoViewIfNeeded();
    await picture(bob, 'gap');
});

test('what was said when the connection went is said once', { skip }, async () => {
    const ada = await joinAs('Ada', 'workshop');
    const bob = await stand.connect({ token: await stand.token('Bob') });
    const subscription = bob.newSubscription('chat:workshop');
    subscription.subscribe();
    await subscription.ready(5_000);
    const heard = new Promise((resolve) => subscription.on('publication', resolve));
    relay.hold();
    await type(ada, 'Did you get this?');
    const { data } = await heard;
    assert.equal(await ada.locator('#messages .pending').count(), 1);
    const again = [];
    ada.on('websocket', (socket) => socket.on('framesent', ({ payload }) => /chat\.say/.test(payload) && again.push(payload)));
    relay.cut();
    await ada.waitForSelector('#state[data-state=reconnecting]');
    await reads(ada, ['Did you get this?']);
    for (const nonsense of [null, 7, { name: 'Bob', text: 7, time: 1 }, { name: 'Bob', text: 'When?', time: 9e15 }])
        await subscription.publish(nonsense);
    const say = { room: 'workshop', text: data.text, id: data.id };
    await call(bob, 'chat.say', { ...say, text: 'Yes.' });  // the same id, but of another
    await reads(ada, ['Did you get this?', 'Yes.']);
    assert.deepEqual(again, []);  // it came back to the page before it could be sent again
    // Sent again all the same, it is known to the service.
    await call(await stand.connect({ token: await stand.token('Ada') }), 'chat.say', say);
    await call(bob, 'chat.say', { room: 'workshop', text: 'Good.' });
    await reads(ada, ['Did you get this?', 'Yes.', 'Good.']);
});

test('two browsers are back after the broker was killed', { skip }, async () => {
    const ada = await joinAs('Ada', 'workshop');
    const bob = await joinAs('Bob', 'workshop');
    const texts = await ada.locator('#messages p').allTextContents();
    await stand.end(stand.broker, 'SIGKILL');
    for (const page of [ada, bob]) await page.waitForSelector('#state[data-state=reconnecting]');
    await type(ada, 'There again');
    await picture(ada, 'reconnecting');
    await stand.startBroker();
    for (const page of [ada, bob]) await state(page, 'back; some messages may be missing: reloaded');
    for (const page of [ada, bob]) await reads(page, [...texts, 'There again']);
    for (const page of [ada, bob]) await people(page, ['Ada', 'Bob']);
});

test('the service refuses what cannot be said', { skip }, async () => {
    const ada = await stand.connect({ token: await stand.token('Ada') });
    const say = (fields) => call(ada, 'chat.say', { room: 'lobby', text: 'x', ...fields });
    await assert.rejects(say({ room: 'nowhere' }), { code: 1404 });
    await assert.rejects(say({ text: ' \n' }), { code: 1422 });
    await assert.rejects(say({ text: 'x'.repeat(4001) }), { code: 1422 });
    await assert.rejects(say({ id: 'x'.repeat(65) }), { code: 1422 });
    const anonymous = await stand.connect();
    await assert.rejects(call(anonymous, 'chat.say', { room: 'lobby', text: 'x' }), { code: 101 });
    const rooms = await call(ada, 'chat.rooms');
    assert.deepEqual(rooms.map(({ name }) => name), ['lobby', 'harbour', 'workshop']);
});

test('who types pushes nothing out of history', { skip }, async () => {
    const ada = await stand.connect({ token: await stand.token('Ada') });
    const subscription = ada.newSubscription('chat:lobby');
    subscription.subscribe();
    await call(ada, 'chat.say', { room: 'lobby', text: 'Stays' });
    for (let i = 0; i < 101; ++i) await call(ada, 'chat.typing', { room: 'lobby' });
    const { publications } = await subscription.history({ limit: 1, reverse: true });
    assert.equal(publications[0].data.text, 'Stays');
});
