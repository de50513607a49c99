import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { isChannelMuted } from '../../state/notify';
import { can, Permission } from '../../state/permissions';
import { isUnread } from '../../state/readState';
import { store } from '../../state/store';
import { copyText } from '../../ui/clipboard';
import type { MenuEntry } from '../../ui/Menu';
import { markRead } from '../conversation/markRead';
import { threadEntries } from '../threads/threadEntries';
import { stepChannel } from './moveChannel';
import { muteChannel } from './notify';

export type ChannelAct = 'invite' | 'edit' | 'delete' | 'create';

/** The context menu of a channel of a server, of a category, or of a thread. */
export function serverChannelEntries(id: Id, act: (act: ChannelAct) => void): MenuEntry[] {
  const state = store.getState();
  const channel = state.channels[id];
  if (!channel?.guildId) return [];
  const category = channel.type === ChannelType.Category;
  const manage = can(state, id, channel.thread ? Permission.ManageThreads : Permission.ManageChannels);
  const entries: MenuEntry[] = [];
  if (isUnread(state, id)) entries.push({ label: t('Mark as read'), icon: 'check', onAction: () => markRead(id) });
  if (!category && !channel.thread && can(state, id, Permission.CreateInvite)) {
    entries.push({ label: t('Invite people'), icon: 'addUser', onAction: () => act('invite') });
  }
  if (!category) {
    entries.push({
      label: t('Copy link'),
      icon: 'link',
      onAction: () => void copyText(`${window.location.origin}/channels/${channel.guildId}/${id}`),
    });
  }
  const muted = isChannelMuted(state, id);
  entries.push({
    label: category ? (muted ? t('Unmute category') : t('Mute category')) : muted ? t('Unmute channel') : t('Mute channel'),
    icon: muted ? 'bell' : 'bellOff',
    onAction: () => void muteChannel(id, !muted),
  });
  if (channel.thread) entries.push(...threadEntries(id));
  if (manage && category) entries.push({ label: t('Create channel'), icon: 'plus', onAction: () => act('create') });
  if (manage || (channel.thread && channel.ownerId === state.me?.id)) {
    entries.push({ separator: true });
    entries.push({
      label: category ? t('Edit category') : channel.thread ? t('Edit thread') : t('Edit channel'),
      icon: 'edit',
      onAction: () => act('edit'),
    });
  }
  if (manage) {
    if (!channel.thread) {
      entries.push({ label: t('Move up'), icon: 'up', onAction: () => stepChannel(id, -1) });
      entries.push({ label: t('Move down'), icon: 'down', onAction: () => stepChannel(id, 1) });
    }
    entries.push({
      label: category ? t('Delete category') : channel.thread ? t('Delete thread') : t('Delete channel'),
      icon: 'trash',
      danger: true,
      onAction: () => act('delete'),
    });
  }
  if (state.settings.developer_mode) {
    entries.push({ separator: true });
    entries.push({ label: t('Copy channel ID'), icon: 'id', onAction: () => void copyText(id) });
  }
  return entries;
}
