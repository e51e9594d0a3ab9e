// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Slowloris, connectInARow } from './support/slowloris.mjs';
import { Stand, trusting } from './support/stand.mjs';

// Half as many places before connect as there are slowloris.
let stand;
before(async () => {
    stand = await Stand.create();
    stand.makeCertificates();
    await stand.startBroker('[client]\nmax_before_connect = 100\n');
});
after(() => stand?.close());

test('T2, T3: two hundred slowloris do not keep one client of a hundred out', async (t) => {
    const websocket = trusting(readFileSync(stand.authority));
    const slowloris = await Slowloris.start(stand.address.client, 200);
    t.after(() => slowloris.end());
    const { failed, medianMs, longestMs } = await connectInARow(stand, { websocket, token: await stand.token('ada') }, 20);
    t.diagnostic(`${slowloris.open} slowloris, cut ${slowloris.cuts} times; connects: ${failed} failed, ` +
        `median ${medianMs.toFixed(0)} ms, longest ${longestMs.toFixed(0)} ms`);
    assert.ok(slowloris.cuts > 0);
    assert.equal(failed, 0);
});
