// SPDX-License-Identifier: Apache-2.0
// Serves the pages of the examples on loopback and mints their connection tokens:
//     node examples/serve.mjs [--port 8080] [--secret build/development.secret] [--broker ws://...]
// also as PORT, FAIRLEAD_SECRET_FILE, FAIRLEAD_URL. For development: anyone may ask for any name.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: {
    port: { type: 'string', default: process.env.PORT ?? '8080' },
    secret: { type: 'string', default: process.env.FAIRLEAD_SECRET_FILE ?? join(here, '../build/development.secret') },
    broker: { type: 'string', default: process.env.FAIRLEAD_URL ?? 'ws://127.0.0.1:8000/connection/websocket' },
} });

// A fixed table: no path of a request ever reaches the file system.
const files = {
    '/': ['chat/index.html', 'text/html'],
    '/chat.css': ['chat/chat.css', 'text/css'],
    '/chat.js': ['chat/chat.js', 'text/javascript'],
    '/icon.svg': ['chat/icon.svg', 'image/svg+xml'],
    '/outbox.js': ['chat/outbox.js', 'text/javascript'],
    '/room.js': ['chat/room.js', 'text/javascript'],
    '/view.js': ['chat/view.js', 'text/javascript'],
    '/centrifuge.js': ['node_modules/centrifuge/dist/centrifuge.js', 'text/javascript'],
};
const headers = {
    'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; " +
        `form-action 'none'; frame-ancestors 'none'; connect-src 'self' ${new URL(options.broker).origin}`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
};
const lifetimeSeconds = 600;

async function mintToken(user) {
    // The broker's rule: the bytes as they are, without one newline at the end.
    const secret = (await readFile(options.secret, 'latin1')).replace(/\n$/, '');
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: user, iat: now, exp: now + lifetimeSeconds })}`;
    return `${text}.${createHmac('sha256', Buffer.from(secret, 'latin1')).update(text).digest('base64url')}`;
}

async function answer(url) {
    if (url.pathname === '/config.json') return [200, 'application/json', JSON.stringify({ url: options.broker })];
    if (url.pathname === '/token') {
        const user = url.searchParams.get('user') ?? '';
        if (!/^[\p{L}\p{N}_-]{1,24}$/u.test(user)) return [400, 'text/plain', 'user: 1 to 24 letters or digits'];
        return [200, 'application/json', JSON.stringify({ token: await mintToken(user) })];
    }
    const file = Object.hasOwn(files, url.pathname) ? files[url.pathname] : undefined;
    if (!file) return [404, 'text/plain', 'not found'];
    return [200, file[1], await readFile(join(here, file[0]))];
}

const server = createServer(async (request, response) => {
    const send = (status, type, body) => response
        .writeHead(status, { ...headers, 'Content-Type': `${type}; charset=utf-8` })
        .end(request.method === 'HEAD' ? undefined : body);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'text/plain', 'GET only');
    // Another site's name that resolves to loopback must not get tokens.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return send(403, 'text/plain', 'host');
    try {
        send(...await answer(new URL(request.url, 'http://127.0.0.1')));
    } catch (error) {
        console.error(`${JSON.stringify(request.url)}: ${error.message}`);
        send(500, 'text/plain', 'failed; see the log of serve.mjs');
    }
});
server.listen(Number(options.port), '127.0.0.1',
    () => console.log(`pages at http://127.0.0.1:${server.address().port}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
