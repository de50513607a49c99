import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { isUnread } from '../../state/readState';
import { store } from '../../state/store';
import { copyText } from '../../ui/clipboard';
import type { MenuEntry } from '../../ui/Menu';
import { markRead } from '../conversation/markRead';
import { closeDirect } from './closeChannel';

/** The context menu of a conversation in the list. */
export function channelEntries(id: Id, onLeave: () => void): MenuEntry[] {
  const state = store.getState();
  const channel = state.channels[id];
  if (!channel) return [];
  const entries: MenuEntry[] = [];
  if (isUnread(state, id)) entries.push({ label: t('Mark as read'), icon: 'check', onAction: () => markRead(id) });
  if (channel.type === ChannelType.Dm) {
    entries.push({ label: t('Close conversation'), icon: 'close', onAction: () => void closeDirect(id) });
  } else {
    entries.push({ label: t('Leave group'), icon: 'leave', danger: true, onAction: onLeave });
  }
  if (state.settings.developer_mode) {
    entries.push({ separator: true });
    entries.push({ label: t('Copy channel ID'), icon: 'id', onAction: () => void copyText(id) });
  }
  return entries;
}
