import { ackMany } from '../../api/messages';
import { acknowledged, dividerRemoved, unreadHeld } from '../../state/readState';
import type { UnreadPlace } from '../../state/inbox';
import { apply } from '../../state/store';
import { attempt } from '../attempt';

/** Channels that the server takes at once. */
const AT_ONCE = 100;

/** Everything in all of these places was seen. */
export async function markPlacesRead(places: UnreadPlace[]): Promise<void> {
  for (const { id, last } of places) {
    apply((state) => unreadHeld(state, id, false));
    apply((state) => acknowledged(state, id, last, false, 0));
    apply((state) => dividerRemoved(state, id));
  }
  for (let from = 0; from < places.length; from += AT_ONCE) {
    const marks = places.slice(from, from + AT_ONCE).map(({ id, last }) => ({ channel_id: id, message_id: last }));
    if (!(await attempt(() => ackMany(marks)))) return;
  }
}
