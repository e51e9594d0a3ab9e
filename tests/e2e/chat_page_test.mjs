// SPDX-License-Identifier: Apache-2.0
// Two browsers chat through broker, chat service and page server, and the broker is killed and restarted.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Stand } from './support/stand.mjs';

const executablePath = process.env.FAIRLEAD_CHROMIUM ?? '/usr/bin/chromium';
const pictures = process.env.FAIRLEAD_SCREENSHOT_DIR ?? tmpdir();
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const skip = existsSync(executablePath) ? false : `needs ${executablePath}`;
let stand;
const browsers = [];
before(async () => {
    if (skip) return;
    stand = await Stand.create();
    await stand.startBroker();
    stand.startService('chat_service');
    await stand.startPages();
});
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await stand?.close();
});

async function joinAs(name, options) {
    const browser = await chromium.launch({ executablePath, args });
    browsers.push(browser);
    const page = await browser.newPage(options);
    page.on('pageerror', (error) => assert.fail(error.message));
    await page.goto(stand.page);
    await page.fill('#name', name);
    await page.click('#join button');
    await page.waitForSelector('#state[data-state=connected]');
    return page;
}

async function say(page, text) {
    // Until the service has registered the page hands the text back; so again until it stands there as ours.
    const own = page.locator('#messages .own', { hasText: text });
    for (const end = Date.now() + 20_000; !(await own.count()) && Date.now() < end;) {
        await page.fill('#text', text);
        await page.press('#text', 'Enter');
        await own.waitFor({ timeout: 2_000 }).catch(() => {});
    }
    assert.equal(await own.count(), 1);
}

const sees = (page, text) => page.locator('#messages .other', { hasText: text }).waitFor({ timeout: 10_000 });

test('two browsers chat, and are back after the broker was killed', { skip }, async () => {
    const ada = await joinAs('Ada', { colorScheme: 'light', viewport: { width: 1000, height: 640 } });
    const bob = await joinAs('Bob', { colorScheme: 'dark', viewport: { width: 390, height: 700 } });
    await say(ada, 'Has the ferry come in?');
    await sees(bob, 'Has the ferry come in?');
    await say(bob, 'Just now, with your crates.');
    await sees(ada, 'Just now, with your crates.');
    await bob.locator('#text').pressSequentially('On my');
    await ada.waitForFunction(() => document.getElementById('typing').textContent === 'Bob is typing…');
    await ada.screenshot({ path: join(pictures, 'chat-ada.png') });
    await bob.screenshot({ path: join(pictures, 'chat-bob.png') });

    await stand.end(stand.broker, 'SIGKILL');
    for (const page of [ada, bob]) await page.waitForSelector('#state[data-state=reconnecting]');
    await ada.screenshot({ path: join(pictures, 'chat-reconnecting.png') });
    await stand.startBroker();
    for (const page of [ada, bob]) await page.waitForSelector('#state[data-state=connected]');
    await say(ada, 'There again');
    await sees(bob, 'There again');
});
