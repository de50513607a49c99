import { changeThread, joinThread, leaveThread } from '../../api/threads';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { can, Permission } from '../../state/permissions';
import { store } from '../../state/store';
import { threadPut } from '../../state/threads';
import { apply } from '../../state/store';
import type { MenuEntry } from '../../ui/Menu';
import { attempt } from '../attempt';

async function change(id: Id, body: { archived?: boolean; locked?: boolean }): Promise<void> {
  await attempt(async () => {
    const thread = await changeThread(id, body);
    const guild_id = store.getState().channels[id]?.guildId ?? undefined;
    apply((state) => threadPut(state, { ...thread, guild_id }));
  });
}

const joined = (id: Id, value: boolean) =>
  apply((state) => {
    const channel = state.channels[id];
    return channel?.thread ? { channels: { ...state.channels, [id]: { ...channel, thread: { ...channel.thread, joined: value } } } } : {};
  });

export async function join(id: Id): Promise<void> {
  if (await attempt(() => joinThread(id))) joined(id, true);
}

export async function leave(id: Id): Promise<void> {
  if (await attempt(() => leaveThread(id))) joined(id, false);
}

/** What one may do with a thread besides what one may do with every channel. */
export function threadEntries(id: Id): MenuEntry[] {
  const state = store.getState();
  const channel = state.channels[id];
  if (!channel?.thread) return [];
  const { archived, locked, joined: mine } = channel.thread;
  const manage = can(state, id, Permission.ManageThreads);
  const entries: MenuEntry[] = [
    mine
      ? { label: t('Leave thread'), icon: 'leave', onAction: () => void leave(id) }
      : { label: t('Join thread'), icon: 'addUser', onAction: () => void join(id) },
  ];
  if (manage || (channel.ownerId === state.me?.id && !locked)) {
    entries.push({
      label: archived ? t('Open thread again') : t('Close thread'),
      icon: archived ? 'refresh' : 'check',
      onAction: () => void change(id, { archived: !archived }),
    });
  }
  if (manage) {
    entries.push({
      label: locked ? t('Unlock thread') : t('Lock thread'),
      icon: 'lock',
      onAction: () => void change(id, { locked: !locked }),
    });
  }
  return entries;
}
