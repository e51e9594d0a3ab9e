// SPDX-License-Identifier: Apache-2.0
// What is on the page. Texts of others go in as text, never as HTML.
export const byId = (id) => document.getElementById(id);

function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
}

// The same colour for a name on every page.
function paint(node, name) {
    let sum = 0;
    for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 997;
    node.dataset.hue = sum % 6;
    node.dataset.initial = [...name][0]?.toUpperCase() ?? '?';
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function timeOf(ms) {
    const date = new Date(ms);
    return element('time', { dateTime: date.toISOString(), title: date.toLocaleString(), textContent: clock.format(date) });
}

// The list of what was said, in order of place; what is not out yet stands below.
export class Messages {
    #list = byId('messages'); #rows = []; #epochs = []; #pending = new Map();

    clear() {
        this.#list.replaceChildren();
        [this.#rows, this.#epochs] = [[], []];
        this.#pending.clear();
    }

    add({ name, text, time, id }, place, own) {
        const row = element('li', { className: own ? 'own' : 'other' }, element('b', { textContent: name }),
            element('p', { textContent: text }), timeOf(time));
        paint(row, name);
        row.dataset.name = name;
        if (own) this.removePending(id);
        this.#insert(row, place);
    }

    gap({ epoch, offset }) {
        this.#insert(element('li', { className: 'note', textContent: 'some messages may be missing here' }),
            { epoch, offset: offset - 0.5 });
    }

    addPending({ id, text }) {
        const row = element('li', { className: 'own pending' }, element('p', { textContent: text }),
            element('time', { textContent: 'pending' }));
        this.#pending.set(id, row);
        this.#list.append(row);
        row.scrollIntoView({ block: 'end' });
    }

    removePending(id) {
        this.#pending.get(id)?.remove();
        this.#pending.delete(id);
    }

    note(text) {
        const last = this.#rows.at(-1);
        if (last?.node.textContent === text) return;
        this.#put(element('li', { className: 'note', textContent: text }), last?.age ?? 0, last?.offset ?? 0, last);
    }

    #insert(node, { epoch, offset }) {
        if (!this.#epochs.includes(epoch)) this.#epochs.push(epoch);
        const age = this.#epochs.indexOf(epoch);
        const before = this.#rows.findLast((row) => row.age < age || (row.age === age && row.offset <= offset));
        if (before?.age === age && before.offset === offset) return;  // it is there already
        this.#put(node, age, offset, before);
    }

    #put(node, age, offset, before) {
        const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 60;
        const at = this.#rows.indexOf(before) + 1;
        this.#rows.splice(at, 0, { node, age, offset });
        if (before) before.node.after(node);
        else this.#list.prepend(node);
        follow(node);
        follow(node.nextElementSibling);
        if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
    }
}

// Several of one person in a row show the name once.
function follow(row) {
    const name = row?.dataset.name;
    row?.classList.toggle('more', name !== undefined && row.previousElementSibling?.dataset.name === name);
}

export function showPeople(names, me) {
    byId('count').textContent = names.length;
    byId('people').replaceChildren(...names.map((name) => {
        const item = element('li', {}, name || 'anonymous');
        if (name === me) item.append(element('small', { textContent: ' you' }));
        paint(item, name);
        return item;
    }));
}

export function showTyping(names) {
    byId('typing').textContent = names.length ? `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} typing…` : '';
}

const buttons = new Map();

// `rooms`: { name, people } each. Buttons stay, so that the keyboard does not lose its place.
export function showRooms(rooms, current, enter) {
    for (const { name, people } of rooms) {
        if (!buttons.has(name)) buttons.set(name, addRoom(name, enter));
        const button = buttons.get(name);
        button.lastChild.textContent = people || '';
        button.ariaCurrent = String(name === current);
    }
}

function addRoom(name, enter) {
    const button = element('button', { type: 'button' }, name, element('small', { title: 'people here' }));
    button.addEventListener('click', () => enter(name));
    byId('rooms').append(button);
    return button;
}

let ticker;

export function showState(state, text = state, isWarning = false) {
    clearInterval(ticker);
    byId('state').dataset.state = state;
    byId('state').classList.toggle('warning', isWarning);
    byId('state').textContent = text;
}

// The SDK does not tell when it tries next, so this counts how long the connection has been away.
export function showReconnecting() {
    const since = Date.now();
    showState('reconnecting', 'reconnecting…');
    ticker = setInterval(() => {
        byId('state').textContent = `reconnecting… ${Math.round((Date.now() - since) / 1000)} s`;
    }, 1000);
}

const backMs = 8000;

// For a while, then it is a matter of course again.
export function showBack({ back, missed, gap }) {
    if (!back) return showState('connected');
    const count = `${missed} message${missed === 1 ? '' : 's'} that you missed`;
    if (gap) showState('connected', 'back; some messages may be missing: reloaded', true);
    else showState('connected', `back: ${missed ? count : 'nothing missed'}`);
    ticker = setInterval(() => showState('connected'), backMs);
}
