// SPDX-License-Identifier: Apache-2.0
// A subscriber of the real SDK behind a relay that cuts its connection again and again, while another client publishes.
import assert from 'node:assert/strict';
import { next } from './stand.mjs';

// Resolves when the subscriber has seen all that was published, each once and in order, after `cuts` cuts. Gives how
// often its subscription was made again.
export async function cutAndRecover(stand, relay, channel, cuts) {
    const publisher = await stand.connect();
    const reader = await stand.connect({ url: relay.url, minReconnectDelay: 1, maxReconnectDelay: 20 });
    const subscription = reader.newSubscription(channel, { minResubscribeDelay: 1, maxResubscribeDelay: 20 });
    const seen = [];
    let again = -1;
    let published = 0;
    subscription.on('publication', ({ data }) => seen.push(data));
    subscription.on('subscribed', ({ wasRecovering, recovered }) => {
        again += 1;
        if (wasRecovering) assert.equal(recovered, true);
    });
    subscription.subscribe();
    await subscription.ready(5_000);
    for (let i = 0; i < cuts; ++i) {
        const burst = 1 + Math.floor(Math.random() * 20);
        const publications = Array.from({ length: burst }, () => publisher.publish(channel, published++));
        if (Math.random() < 0.5) await publications[0];
        relay.cut();
        await Promise.all(publications);
        if (Math.random() < 0.7) await subscription.ready(10_000);
        // More than is kept of a channel, or than one gets, could not be recovered.
        while (published - seen.length > 60) await next(subscription, 'publication');
    }
    await reader.ready(10_000);
    await subscription.ready(10_000);
    while (seen.length < published) await next(subscription, 'publication');
    assert.deepEqual(seen, Array.from({ length: published }, (_, i) => i));
    return again;
}
