// SPDX-License-Identifier: Apache-2.0
const rooms = ['lobby', 'harbour', 'workshop'];
const byId = (id) => document.getElementById(id);
let me = '', room = '', client, subscription, ticker, typingSent = 0;
const typing = new Map();

async function getToken() {
    const response = await fetch(`/token?user=${encodeURIComponent(me)}`);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()).token;
}

function showState(state, text = state) {
    clearInterval(ticker);
    byId('state').dataset.state = state;
    byId('state').textContent = text;
}

// The SDK does not tell when it tries next, so this counts how long the connection has been away.
function showReconnecting() {
    const since = Date.now();
    showState('reconnecting');
    ticker = setInterval(() => {
        byId('state').textContent = `reconnecting, ${Math.round((Date.now() - since) / 1000)} s`;
    }, 1000);
}

function add(kind, name, text) {
    const item = document.createElement('li');
    item.className = kind;
    if (name) item.append(Object.assign(document.createElement('b'), { textContent: name }));
    item.append(text);
    byId('messages').append(item);
    item.scrollIntoView({ block: 'end' });
}

function showTyping() {
    const names = [...typing.keys()];
    byId('typing').textContent = names.length ? `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} typing…` : '';
}

function stopTyping(name) {
    clearTimeout(typing.get(name));
    typing.delete(name);
    showTyping();
}

function receive({ data }) {
    if (data.typing && data.typing !== me) {
        clearTimeout(typing.get(data.typing));
        typing.set(data.typing, setTimeout(() => stopTyping(data.typing), 3000));
        return showTyping();
    }
    if (typeof data.text !== 'string') return;
    stopTyping(data.name);
    add(data.name === me ? 'own' : 'other', data.name, data.text);
}

function enter(next) {
    if (subscription) client.removeSubscription(subscription);  // unsubscribes as well
    room = next;
    for (const name of [...typing.keys()]) stopTyping(name);
    byId('room').textContent = `# ${room}`;
    byId('messages').replaceChildren();
    for (const button of byId('rooms').children) button.toggleAttribute('aria-current', button.textContent === room);
    subscription = client.newSubscription(`chat:${room}`);
    subscription.on('publication', receive);
    subscription.on('error', ({ error }) => add('note', '', error.message));
    subscription.subscribe();
}

async function say(event) {
    event.preventDefault();
    const text = byId('text').value.trim();
    if (!text) return;
    byId('text').value = '';
    typingSent = 0;  // the message ended it: the next key begins anew
    try {
        await client.rpc('chat.say', { room, text });
    } catch (error) {
        byId('text').value ||= text;
        add('note', '', `not sent: ${error.message}`);
    }
}

function sendTyping() {
    if (Date.now() - typingSent < 1500 || client.state !== 'connected') return;
    typingSent = Date.now();
    client.rpc('chat.typing', { room }).catch(() => {});
}

async function join(event) {
    event.preventDefault();
    me = byId('name').value;
    const { url } = await (await fetch('/config.json')).json();
    client = new Centrifuge(url, { getToken });
    let met = false;
    client.on('connecting', () => (met ? showReconnecting() : showState('connecting')));
    client.on('connected', () => {
        met = true;
        showState('connected');
    });
    client.on('disconnected', ({ reason }) => showState('disconnected', `disconnected: ${reason}`));
    for (const name of rooms) {
        const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name });
        button.addEventListener('click', () => enter(name));
        byId('rooms').append(button);
    }
    byId('join').hidden = true;
    byId('app').hidden = false;
    enter(rooms[0]);
    client.connect();
    byId('text').focus();
}

byId('join').addEventListener('submit', join);
byId('compose').addEventListener('submit', say);
byId('text').addEventListener('input', sendTyping);
