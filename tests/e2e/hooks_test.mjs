// SPDX-License-Identifier: Apache-2.0
// The example 60_hooks decides what clients of the real SDK may do.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Stand, next } from './support/stand.mjs';

const config = `
[client]
anonymous = true
[hook]
connect = true
[[namespace]]
name = "room"
subscribe = ["user"]
publish = ["user", "hook"]
`;

let stand;
before(async () => {
    stand = await Stand.create();
    await stand.startBroker(config);
});
after(() => stand?.close());

const ada = { data: { name: 'ada', password: 'tea' } };

test('without a hook nobody comes in, and the SDK tries until there is one', async () => {
    const client = stand.client(ada);
    const refused = next(client, 'error');
    client.connect();
    const { error } = await refused;
    assert.equal(error.code, 100);
    assert.equal(client.state, 'connecting');
    stand.startService('60_hooks');
    await client.ready(20_000);
});

test('a refused connect is final and says why', async () => {
    const client = stand.client({ data: { name: 'ada', password: 'gin' } });
    const gone = next(client, 'disconnected');
    client.connect();
    const { code, reason } = await gone;
    assert.deepEqual({ code, reason }, { code: 1401, reason: 'wrong name or password' });
});

test('what a client publishes is rewritten, refused, and keeps its order', async () => {
    const client = await stand.connect(ada);
    const heard = [];
    const all = new Promise((resolve) => client.on('publication', (context) => {
        heard.push(context);
        if (heard.length === 20) resolve();
    }));
    await assert.rejects(client.publish('room:lobby', 5), { code: 1422, message: 'texts only' });
    await Promise.all(Array.from({ length: 20 }, (_, i) => client.publish('room:lobby', `${i}`)));
    await all;
    assert.deepEqual(heard.map(({ data }) => data), Array.from({ length: 20 }, (_, i) => ({ from: 'ada', text: `${i}` })));
    assert.deepEqual(heard[0].info.connInfo, { name: 'Ada' });
    assert.equal(heard[0].channel, 'room:lobby');
});

test('the commands in its first comment do what stands there', async () => {
    const source = await readFile(new URL('../../examples/60_hooks.cpp', import.meta.url), 'utf8');
    const lines = source.split('\n').filter((line) => line.startsWith('//')).map((line) => line.slice(2).trim());
    const commands = lines.flatMap((line, at) => {
        const command = line.match(/^build\/release\/bin\/fairlead (pub .*)$/)?.[1];
        return command ? [{ command, printed: lines[at + 1] }] : [];
    });
    assert.equal(commands.length, 2);
    for (const { command, printed } of commands) {
        const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
        const said = await new Promise((resolve) => execFile(stand.program('fairlead'), args,
            { env: { PATH: process.env.PATH, ...stand.addresses() } },
            (_, stdout, stderr) => resolve((stdout + stderr).trim())));
        assert.equal(said, printed);
    }
});
