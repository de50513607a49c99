import { moveChannels, type ChannelPlace } from '../../api/guilds';
import { ChannelType, type Id } from '../../api/types';
import { channelTree } from '../../state/channels';
import type { ChannelEntry } from '../../state/model';
import { apply, store } from '../../state/store';
import type { DropPlace } from '../../ui/useReorder';
import { attempt } from '../attempt';

const isVoice = (channel: ChannelEntry) => channel.type === ChannelType.Voice || channel.type === ChannelType.Stage;

/** Where a channel may be put down: categories beside each other, channels beside their like or into a category. */
export function placesFor(dragged: Id, target: Id): DropPlace[] {
  const { channels } = store.getState();
  const from = channels[dragged];
  const to = channels[target];
  if (!from || !to || from.guildId !== to.guildId) return [];
  if (from.type === ChannelType.Category) return to.type === ChannelType.Category ? ['before', 'after'] : [];
  if (to.type === ChannelType.Category) return ['into'];
  return isVoice(from) === isVoice(to) ? ['before', 'after'] : [];
}

/** The numbers that put a channel at its new place: those of the channels beside it, counted anew. */
export function newPlaces(channels: Record<Id, ChannelEntry>, dragged: Id, target: Id, place: DropPlace): ChannelPlace[] {
  const from = channels[dragged];
  const to = channels[target];
  if (!from?.guildId || !to) return [];
  const tree = channelTree(channels, from.guildId);
  const category = from.type === ChannelType.Category;
  const parent = category ? null : place === 'into' ? to.id : to.parentId;
  const line = category
    ? tree.flatMap((group) => group.category ?? [])
    : (tree.find((group) => (group.category?.id ?? null) === parent)?.channels ?? []);
  const rest = line.filter((c) => c.id !== dragged);
  const at = place === 'into' ? rest.length : rest.findIndex((c) => c.id === target) + (place === 'after' ? 1 : 0);
  const next = [...rest.slice(0, at), from, ...rest.slice(at)];
  return next
    .map((channel, position) => ({
      id: channel.id,
      position,
      ...(channel.id === dragged && parent !== from.parentId ? { parent_id: parent } : {}),
    }))
    .filter((one) => one.id === dragged || channels[one.id]?.position !== one.position);
}

const placed = (places: ChannelPlace[]) =>
  apply((state) => {
    const channels = { ...state.channels };
    for (const one of places) {
      const old = channels[one.id];
      if (old) channels[one.id] = { ...old, position: one.position, ...(one.parent_id === undefined ? {} : { parentId: one.parent_id }) };
    }
    return { channels };
  });

/** Shows at once and is taken back if the server refuses. */
export async function moveChannel(dragged: Id, target: Id, place: DropPlace): Promise<void> {
  const { channels } = store.getState();
  const guild = channels[dragged]?.guildId;
  const places = newPlaces(channels, dragged, target, place);
  if (!guild || places.length === 0) return;
  placed(places);
  if (await attempt(() => moveChannels(guild, places))) return;
  placed(places.flatMap((one) => {
    const old = channels[one.id];
    return old ? [{ id: old.id, position: old.position, parent_id: old.parentId }] : [];
  }));
}

/** One step up or down: past a neighbour, or into the next category. */
export function stepChannel(id: Id, by: -1 | 1): void {
  const { channels } = store.getState();
  const channel = channels[id];
  if (!channel?.guildId) return;
  const tree = channelTree(channels, channel.guildId);
  if (channel.type === ChannelType.Category) {
    const line = tree.flatMap((group) => group.category ?? []);
    const other = line[line.findIndex((c) => c.id === id) + by];
    if (other) void moveChannel(id, other.id, by < 0 ? 'before' : 'after');
    return;
  }
  const at = tree.findIndex((group) => group.channels.some((c) => c.id === id));
  const line = tree[at]?.channels ?? [];
  const neighbour = line[line.findIndex((c) => c.id === id) + by];
  if (neighbour && placesFor(id, neighbour.id).length > 0) {
    void moveChannel(id, neighbour.id, by < 0 ? 'before' : 'after');
    return;
  }
  const group = tree[at + by];
  if (!group) return;
  if (group.category) void moveChannel(id, group.category.id, 'into');
  else if (group.channels[0]) void moveChannel(id, group.channels.at(-1)!.id, 'after');
}
