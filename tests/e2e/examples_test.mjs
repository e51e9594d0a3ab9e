// SPDX-License-Identifier: Apache-2.0
// Each example does what its first comment says: the commands there are run as they stand, on free ports, and what they
// print is compared with what stands below them. A line that another program prints is named in `prints`.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Stand } from './support/stand.mjs';

const sources = new URL('../../examples/', import.meta.url);
const prints = {
    '20_events': ['mail: thank you for 2 tea', 'stock: 2 tea less'],
    '40_errors_and_deadlines': ['shop.slow: nobody waits any more'],
    '81_serial_and_owner': ['lobby: ours, with 0 lines', 'lobby: stored 2 lines', 'lobby: ours, with 2 lines'],
};

let stand;
before(async () => {
    stand = await Stand.create();
    await stand.startBroker();
});
after(() => stand.close());

// The comment's `fairlead` commands with the answer that it promises for each.
async function promises(name) {
    const source = await readFile(new URL(`${name}.cpp`, sources), 'utf8');
    const lines = source.split('\n').filter((line) => line.startsWith('//')).map((line) => line.slice(2).trim());
    const commands = [];
    for (const [at, line] of lines.entries()) {
        const command = line.match(/^build\/release\/bin\/fairlead (call .*)$/)?.[1];
        if (!command) continue;
        const answer = lines.slice(at + 1).find((each) => /^\{|: \{.*\}$/.test(each)).replace(/^.*?: (?=\{)/, (head) =>
            (head.startsWith('{') ? head : ''));
        const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
        commands.push({ args, answer });
    }
    assert.ok(commands.length > 0, `${name} shows no command`);
    return commands;
}

const fairlead = (args) => new Promise((resolve) => execFile(stand.program('fairlead'), args,
    { env: { PATH: process.env.PATH, ...stand.addresses() } },
    (_, stdout, stderr) => resolve({ stdout: stdout.trim(), stderr: stderr.trim() })));

// An example registers some moments after its start: until then its topics are unknown.
async function ask(args) {
    for (const end = Date.now() + 20_000; ;) {
        const { stdout, stderr } = await fairlead(args);
        const unknown = /error 104|"code":104/.test(stdout + stderr);
        if (!unknown || Date.now() > end) return stdout;
    }
}

for (const name of ['10_hello_service', '20_events', '40_errors_and_deadlines', '50_call_another_service', '70_revoke',
    '80_who_is_online', '81_serial_and_owner', '82_coroutines']) {
    test(`${name} answers as it says`, async () => {
        const service = stand.startService(name);
        const wanted = (prints[name] ?? []).map((line) => stand.printed(service, line));
        for (const { args, answer } of await promises(name)) assert.equal(await ask(args), answer, args.join(' '));
        await Promise.all(wanted);
        assert.deepEqual(await stand.end(service, 'SIGTERM'), { code: 0, signal: null });
    });
}

test('30_publish reaches the subscriber as it says', async () => {
    const service = stand.startService('30_publish');
    const [{ args, answer }] = await promises('30_publish');
    await ask(args);  // it is there
    const subscriber = stand.startTool('fairlead', ['sub', '--count', '1', 'shop:feed']);
    const seen = stand.printed(subscriber, /^shop:feed #\d+ {"sku":"tea","price":250}$/);
    while (await ask(args) !== answer);  // until the subscription is there
    await seen;
    assert.deepEqual(await stand.end(service, 'SIGTERM'), { code: 0, signal: null });
});

test('80_who_is_online tells who comes', async () => {
    const service = stand.startService('80_who_is_online');
    const told = ['bob is online', 'room:lobby has subscribers'].map((line) => stand.printed(service, line));
    // Another user than the one whom an example before has revoked.
    const client = await stand.connect({ token: await stand.token('bob') });
    client.newSubscription('room:lobby').subscribe();
    await Promise.all(told);
    assert.deepEqual(await stand.end(service, 'SIGTERM'), { code: 0, signal: null });
});
