// SPDX-License-Identifier: Apache-2.0
// tools/quickstart --check: one request, one publication and the page's way, with the real client SDK.
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

const page = process.env.FAIRLEAD_PAGE ?? 'http://127.0.0.1:8080';
const clients = [];

async function get(path) {
    const response = await fetch(page + path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response;
}

async function connect(url, user) {
    const options = { websocket: WebSocket };
    if (user) options.getToken = async () => (await (await get(`/token?user=${user}`)).json()).token;
    const client = new Centrifuge(url, options);
    clients.push(client);
    client.connect();
    await client.ready(10_000);
    return client;
}

// Services register some moments after the broker listens: until then the topic is unknown (104).
async function call(client, topic, data) {
    const end = Date.now() + 20_000;
    for (;;) {
        try {
            return (await client.rpc(topic, data)).data;
        } catch (error) {
            if (error.code !== 104 || Date.now() > end) throw new Error(`${topic}: ${error.code} ${error.message}`);
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
    }
}

async function check() {
    const html = await (await get('/')).text();
    if (!html.includes('/chat.js')) throw new Error('the page is not the chat');
    const files = new Set(html.match(/(?<=(?:src|href)=")\/[^"]+/g));
    for (const file of files) {
        const text = await (await get(file)).text();
        for (const [, name] of text.matchAll(/^import .* from '\.(\/[^']+)'/gm)) files.add(name);
    }
    console.log(`page: ${html.length} characters and ${files.size} files from ${page}`);
    const { url } = await (await get('/config.json')).json();

    const anonymous = await connect(url);
    console.log(`request: hello.greet {"name":"Ada"} -> ${JSON.stringify(await call(anonymous, 'hello.greet', { name: 'Ada' }))}`);

    const [ada, bob] = [await connect(url, 'ada'), await connect(url, 'bob')];
    console.log('token: ada and bob are connected with tokens of the page server');
    const subscription = bob.newSubscription('chat:lobby');
    const received = new Promise((resolve) => subscription.on('publication', ({ data }) => data.text && resolve(data)));
    subscription.subscribe();
    await subscription.ready(5_000);
    await call(ada, 'chat.say', { room: 'lobby', text: 'hello, Bob' });
    const message = await received;
    if (message.name !== 'ada' || message.text !== 'hello, Bob') throw new Error(`bob got ${JSON.stringify(message)}`);
    console.log(`publication: ada said through chat.say, bob received ${JSON.stringify(message)}`);

    const { publications } = await subscription.history({ limit: 1, reverse: true });
    if (publications[0]?.data.text !== 'hello, Bob') throw new Error(`history has ${JSON.stringify(publications)}`);
    const { clients: present } = await subscription.presence();
    const users = Object.values(present).map(({ user }) => user);
    if (!users.includes('bob')) throw new Error(`presence has ${JSON.stringify(users)}`);
    console.log(`history and presence: that is kept, and ${users.join(', ')} is there`);
}

const watchdog = setTimeout(() => { console.error('check: nothing came for 60 s'); process.exit(1); }, 60_000);
try {
    await check();
} catch (error) {
    console.error(`check: ${error.message}`);
    process.exitCode = 1;
}
clearTimeout(watchdog);
for (const client of clients) client.disconnect();
