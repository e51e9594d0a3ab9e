// SPDX-License-Identifier: Apache-2.0
// The page of the chat: joins with a name, shows one room at a time, says things through the service `chat`.
// room.js is what the broker tells, outbox.js what is not out yet, view.js what is on the page.
import { Outbox } from './outbox.js';
import { Room } from './room.js';
import { Messages, byId, showBack, showPeople, showReconnecting, showRooms, showState, showTyping } from './view.js';

const refreshMs = 10_000;
const messages = new Messages();
let me = '', client, room, outbox, rooms = [], typingSent = 0;

async function getToken() {
    const response = await fetch(`/token?user=${encodeURIComponent(me)}`);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()).token;
}

function enter(name) {
    room?.leave();
    messages.clear();
    byId('room').textContent = `# ${name}`;
    room = new Room(client, me, name, {
        message: (message, place) => {
            const own = message.name === me;
            if (own) outbox.settle(message.id);
            messages.add(message, place, own);
        },
        gap: (place) => messages.gap(place),
        ready: (how) => {
            showBack(how);
            outbox.flush();  // now what got out before we were cut off is settled
        },
        people: (names) => {
            showPeople(names, me);
            showCounts(rooms.map((each) => (each.name === name ? { name, people: names.length } : each)));
        },
        typing: showTyping,
        trouble: (text) => messages.note(text),
    });
    for (const message of outbox.of(name)) messages.addPending(message);
    showPeople([], me);
    showCounts(rooms);
}

function showCounts(counts) {
    rooms = counts;
    showRooms(rooms, room.name, enter);
}

function say(event) {
    event.preventDefault();
    const text = byId('text').value.trim();
    if (!text) return;
    byId('text').value = '';
    typingSent = 0;  // the message ended it: the next key begins anew
    messages.addPending(outbox.add(room.name, text));
    if (client.state === 'connected') outbox.flush();
}

function refuse(message, reason) {
    messages.removePending(message.id);
    messages.note(`not sent: ${reason}`);
    byId('text').value ||= message.text;
}

function sendTyping() {
    if (Date.now() - typingSent < 1500 || client.state !== 'connected') return;
    typingSent = Date.now();
    client.rpc('chat.typing', { room: room.name }).catch(() => {});
}

// Which rooms there are, and how many people each has.
async function readRooms() {
    if (client.state !== 'connected') return;
    try {
        showCounts((await client.rpc('chat.rooms')).data);
    } catch (error) {
        if (error.code === 104) setTimeout(readRooms, 1000);  // the service is starting
    }
}

async function join(event) {
    event.preventDefault();
    me = byId('name').value;
    const { url } = await (await fetch('/config.json')).json();
    let met = false;
    client = new Centrifuge(url, { getToken })
        .on('connecting', () => (met ? showReconnecting() : showState('connecting', 'connecting…')))
        .on('disconnected', ({ reason }) => showState('disconnected', `disconnected: ${reason}`))
        .on('connected', () => {
            met = true;
            readRooms();
        });
    outbox = new Outbox(({ id, room, text }) => client.rpc('chat.say', { id, room, text }), refuse);
    byId('join').hidden = true;
    byId('app').hidden = false;
    enter('lobby');
    client.connect();
    byId('text').focus();
    setInterval(() => {
        if (client.state !== 'connected') return;
        room.refresh();
        readRooms();
    }, refreshMs);
}

byId('join').addEventListener('submit', join);
byId('compose').addEventListener('submit', say);
byId('text').addEventListener('input', sendTyping);
