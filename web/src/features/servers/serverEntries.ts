import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { isGuildMuted } from '../../state/notify';
import { canInGuild, Permission } from '../../state/permissions';
import { unreadOverview } from '../../state/readState';
import { store } from '../../state/store';
import { copyText } from '../../ui/clipboard';
import type { MenuEntry } from '../../ui/Menu';
import { channelToOpen } from './goToChannel';
import { markGuildRead } from './markGuildRead';
import { muteGuild } from './notify';

export type ServerAct = 'invite' | 'settings' | 'channel' | 'category' | 'nick' | 'leave' | 'notify';

/** Who may see that there are settings: whoever may change something there, or read it. */
const SETTINGS = [
  Permission.ManageGuild,
  Permission.ManageRoles,
  Permission.ManageExpressions,
  Permission.CreateExpressions,
  Permission.ManageWebhooks,
  Permission.ViewAuditLog,
  Permission.BanMembers,
  Permission.KickMembers,
  Permission.ModerateMembers,
];

export const hasSettings = (guild: Id): boolean => SETTINGS.some((bit) => canInGuild(store.getState(), guild, bit));

/** Everything that one can do with a server, at its icon and at its name; at its icon also what moves it among the others. */
export function serverEntries(guild: Id, act: (act: ServerAct) => void, moves: MenuEntry[] = []): MenuEntry[] {
  const state = store.getState();
  const entry = state.guilds[guild];
  if (!entry) return [];
  const mark = unreadOverview(state).guilds[guild];
  const muted = isGuildMuted(state, guild);
  const entries: MenuEntry[] = [];
  if (mark) entries.push({ label: t('Mark as read'), icon: 'check', onAction: () => markGuildRead(guild) });
  if (channelToOpen(guild) && canInGuild(state, guild, Permission.CreateInvite)) {
    entries.push({ label: t('Invite people'), icon: 'addUser', onAction: () => act('invite') });
  }
  if (hasSettings(guild)) entries.push({ label: t('Server settings'), icon: 'settings', onAction: () => act('settings') });
  if (canInGuild(state, guild, Permission.ManageChannels)) {
    entries.push({ label: t('Create channel'), icon: 'plus', onAction: () => act('channel') });
    entries.push({ label: t('Create category'), icon: 'folder', onAction: () => act('category') });
  }
  if (entries.length > 0) entries.push({ separator: true });
  entries.push({
    label: muted ? t('Unmute server') : t('Mute server'),
    icon: muted ? 'bell' : 'bellOff',
    onAction: () => void muteGuild(guild, !muted),
  });
  entries.push({ label: t('Notification settings'), icon: 'bell', onAction: () => act('notify') });
  if (canInGuild(state, guild, Permission.ChangeNickname)) {
    entries.push({ label: t('Change nickname'), icon: 'edit', onAction: () => act('nick') });
  }
  if (moves.length > 0) entries.push({ separator: true }, ...moves);
  if (state.settings.developer_mode) {
    entries.push({ label: t('Copy server ID'), icon: 'id', onAction: () => void copyText(guild) });
  }
  if (entry.ownerId !== state.me?.id) {
    entries.push({ separator: true });
    entries.push({ label: t('Leave server'), icon: 'leave', danger: true, onAction: () => act('leave') });
  }
  return entries;
}
