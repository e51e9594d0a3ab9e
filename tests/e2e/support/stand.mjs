// SPDX-License-Identifier: Apache-2.0
// Programs under test on free ports, and clients of the real SDK. All that a stand started ends with it.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Centrifuge } from 'centrifuge';
import { SignJWT, exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import WebSocket from 'ws';

// The broker takes each FAIRLEAD_ variable as an option of its own and refuses those of the tests.
const foreign = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('FAIRLEAD_')));

const bin = process.env.FAIRLEAD_BIN_DIR ?? new URL('../../../build/dev/bin', import.meta.url).pathname;
const makeCerts = new URL('../../../tools/dev/make_certs', import.meta.url).pathname;
const examples = new URL('../../../examples/', import.meta.url).pathname;

export class Stand {
    #children = new Set();
    #clients = [];
    #folder;
    #tls = [];

    static async create() {
        const stand = new Stand();
        stand.#folder = await mkdtemp(join(tmpdir(), 'fairlead-e2e-'));
        stand.secret = randomBytes(32).toString('hex');
        stand.secretFile = join(stand.#folder, 'secret');
        await writeFile(stand.secretFile, stand.secret, { mode: 0o600 });
        await stand.#makeKeys();
        return stand;
    }

    // A private key of each asymmetric algorithm here, the public ones in a key set for the broker.
    async #makeKeys() {
        this.keys = {};
        const set = [];
        for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) {
            const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
            this.keys[alg] = privateKey;
            set.push({ ...await exportJWK(publicKey), alg, kid: `key-${alg}`, use: 'sig' });
        }
        for (const [alg, bytes] of [['HS384', 48], ['HS512', 64]]) {
            this.keys[alg] = Buffer.from(randomBytes(bytes / 2).toString('hex'));
            await writeFile(join(this.#folder, alg), this.keys[alg], { mode: 0o600 });
        }
        this.keys.HS256 = Buffer.from(this.secret);
        await writeFile(join(this.#folder, 'keys.json'), JSON.stringify({ keys: set }));
    }

    // A file with a private key in PEM.
    async keyFile(alg) {
        const file = join(this.#folder, `${alg}.pem`);
        await writeFile(file, await exportPKCS8(this.keys[alg]), { mode: 0o600 });
        return file;
    }

    // Starts a program; resolves with the first line of its output that `pattern` matches.
    #start(command, args, pattern, env = {}) {
        const child = spawn(command, args, { env: { ...foreign(process.env), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
        this.#children.add(child);
        child.ended = new Promise((resolve) => child.once('close', (code, signal) => {
            this.#children.delete(child);
            resolve({ code, signal });
        }));
        const seen = [];
        const line = new Promise((resolve, reject) => {
            for (const stream of [child.stdout, child.stderr]) {
                createInterface({ input: stream }).on('line', (text) => {
                    seen.push(text);
                    if (pattern?.test(text)) resolve(text);
                });
            }
            child.once('error', reject);
            child.ended.then(({ code, signal }) =>
                reject(new Error(`${command} ended (${code ?? signal}):\n${seen.join('\n')}`)));
        });
        line.catch(() => {});
        return { child, line };
    }

    // An authority and certificates of it; the broker serves TLS from then on.
    makeCertificates() {
        const folder = join(this.#folder, 'certificates');
        const made = spawnSync('bash', [makeCerts, folder], { encoding: 'utf8' });
        if (made.status !== 0) throw new Error(made.stderr);
        this.authority = join(folder, 'ca.pem');
        this.#tls = [`websocket.tls_certificate_file=${folder}/server.pem`, `websocket.tls_key_file=${folder}/server.key`];
    }

    // The first start takes free ports, later ones the same again. Without `config`, a TOML text, the broker runs on its
    // development profile.
    async startBroker(config) {
        const listen = this.address ?? { client: '127.0.0.1:0', backplane: 'tcp://127.0.0.1:*' };
        const settings = [`websocket.listen=${listen.client}`, `backplane.listen=${listen.backplane}`,
            `token.hs256_secret_file=${this.secretFile}`, `token.hs384_secret_file=${join(this.#folder, 'HS384')}`,
            `token.hs512_secret_file=${join(this.#folder, 'HS512')}`, `token.jwks_file=${join(this.#folder, 'keys.json')}`,
            ...this.#tls];
        const args = settings.flatMap((setting) => ['--set', setting]);
        if (config) {
            const file = join(this.#folder, 'broker.toml');
            await writeFile(file, config);
            args.push('--config', file);
        }
        const { child, line } = this.#start(join(bin, 'fairlead-broker'), args, /ready.*wss?:\/\//);
        const text = await line;
        const [url] = text.match(/wss?:\/\/[^\s",]+/);
        const [backplane] = text.match(/tcp:\/\/[^\s",]+/);
        this.broker = child;
        this.url = new URL(url).pathname === '/' ? `${url}/connection/websocket` : url;
        this.address = { client: new URL(url).host, backplane };
    }

    startService(name, args = []) {
        return this.#start(join(bin, name), args, null, { FAIRLEAD_SDK_BROKERS: this.address.backplane }).child;
    }

    // Where our tools and services find this broker.
    addresses() {
        return { FAIRLEAD_SDK_BROKERS: this.address.backplane, FAIRLEAD_URL: this.url };
    }

    program(name) {
        return join(bin, name);
    }

    startTool(name, args) {
        return this.#start(this.program(name), args, null, this.addresses()).child;
    }

    // Resolves when the program prints that line, or one that the expression fits; rejects when it ends without.
    printed(child, wanted) {
        return new Promise((resolve, reject) => {
            for (const stream of [child.stdout, child.stderr]) {
                createInterface({ input: stream }).on('line', (text) => (wanted.test ? wanted.test(text) : text === wanted) && resolve(text));
            }
            child.ended.then(() => reject(new Error(`not printed: ${wanted}`)));
        });
    }

    // `broker`: the way that the pages take to it.
    async startPages(broker = this.url) {
        const { line } = this.#start(process.execPath, [`${examples}serve.mjs`, '--port', '0',
            '--secret', this.secretFile, '--broker', broker], /pages at/);
        this.page = (await line).match(/http:\S+/)[0];
    }

    async end(child, signal) {
        child.kill(signal);
        return child.ended;
    }

    token(user, expiresInSeconds = 600, secret = this.secret, claims = {}) {
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject(user)
            .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds).sign(Buffer.from(secret));
    }

    // A token of any algorithm, by default signed with the right key.
    tokenBy(alg, { key = this.keys[alg], kid } = {}) {
        return new SignJWT({}).setProtectedHeader({ alg, kid }).setSubject('ada').setExpirationTime('10m').sign(key);
    }

    // `url` of the options: another way to the broker.
    client({ url = this.url, ...options } = {}) {
        const client = new Centrifuge(url,
            { websocket: WebSocket, minReconnectDelay: 50, maxReconnectDelay: 500, ...options });
        this.#clients.push(client);
        return client;
    }

    async connect(options) {
        const client = this.client(options);
        client.connect();
        await client.ready(10_000);
        return client;
    }

    async close() {
        for (const client of this.#clients) client.disconnect();
        await Promise.all([...this.#children].map((child) => this.end(child, 'SIGKILL')));
        await rm(this.#folder, { recursive: true });
    }
}

// The WebSocket of Node, which trusts this authority.
export const trusting = (ca) => class extends WebSocket {
    constructor(url, protocols) {
        super(url, protocols, { ca });
    }
};

export const next = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));

// A service registers some moments after its start: until then its topics are unknown (104).
export async function call(client, topic, data) {
    for (const end = Date.now() + 20_000; ;) {
        try {
            return (await client.rpc(topic, data)).data;
        } catch (error) {
            if (error.code !== 104 || Date.now() > end) throw error;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    }
}
