import { MessageType, type Message } from '../../api/types';
import { t } from '../../i18n';
import { can, Permission, silenceIn } from '../../state/permissions';
import { store } from '../../state/store';
import { copyText } from '../../ui/clipboard';
import type { MenuEntry } from '../../ui/Menu';
import { plainText } from '../markdown';
import type { ConversationActs } from './acts';
import { beginEdit } from './editMessage';
import { markUnread } from './markUnread';
import { lookupsOf } from './lookups';
import { togglePin } from './togglePin';

export const isOwn = (message: Message): boolean => message.author.id === store.getState().me?.id;

export const isSpoken = (message: Message): boolean =>
  message.type === MessageType.Default || message.type === MessageType.Reply;

export const shortText = (message: Message): string =>
  plainText(message.content, lookupsOf(store.getState(), guildOf(message))).replace(/\s+/g, ' ').trim();

const guildOf = (message: Message) => store.getState().channels[message.channel_id]?.guildId ?? null;

const allowed = (message: Message, permission: bigint): boolean => can(store.getState(), message.channel_id, permission);

export const mayPin = (message: Message): boolean => allowed(message, Permission.PinMessages);

/** One's own, and in a server others' by who looks after it. Private conversations have nobody who does. */
export const mayDelete = (message: Message): boolean =>
  isOwn(message) || (guildOf(message) !== null && allowed(message, Permission.ManageMessages));

export const mayReact = (message: Message): boolean => allowed(message, Permission.AddReactions);

export const mayReply = (message: Message): boolean => silenceIn(store.getState(), message.channel_id) === null;

const mayStartThread = (message: Message): boolean => {
  const channel = store.getState().channels[message.channel_id];
  return channel?.guildId != null && channel.thread === null && !message.thread && allowed(message, Permission.CreatePublicThreads);
};

/** Everything that one can do with a message. */
export function messageEntries(message: Message, acts: ConversationActs, anchor: Element | null): MenuEntry[] {
  const own = isOwn(message);
  const spoken = isSpoken(message);
  const selection = window.getSelection()?.toString() ?? '';
  const entries: MenuEntry[] = [];
  if (anchor && mayReact(message)) {
    entries.push({ label: t('Add reaction'), icon: 'smile', onAction: () => acts.pickReaction(message, anchor) });
  }
  if (spoken) {
    if (mayReply(message)) entries.push({ label: t('Reply'), icon: 'reply', onAction: () => acts.reply(message) });
    if (own) {
      entries.push({ label: t('Edit message'), icon: 'edit', onAction: () => beginEdit(message.channel_id, message.id) });
    }
    if (mayStartThread(message)) {
      entries.push({ label: t('Create thread'), icon: 'thread', onAction: () => acts.startThread(message) });
    }
    if (mayPin(message)) {
      entries.push({
        label: message.pinned ? t('Unpin message') : t('Pin message'),
        icon: 'pin',
        onAction: () => void togglePin(message),
      });
    }
  }
  if (message.content) {
    entries.push({
      label: selection ? t('Copy selection') : t('Copy text'),
      icon: 'copy',
      onAction: () => void copyText(selection || message.content),
    });
  }
  const guild = guildOf(message);
  if (guild) {
    const link = `${window.location.origin}/channels/${guild}/${message.channel_id}/${message.id}`;
    entries.push({ label: t('Copy link'), icon: 'link', onAction: () => void copyText(link) });
  }
  entries.push({ label: t('Mark as unread'), icon: 'unread', onAction: () => void markUnread(message) });
  entries.push({ label: t('Copy message ID'), icon: 'id', onAction: () => void copyText(message.id) });
  if (mayDelete(message) && (spoken || guild)) {
    entries.push({ separator: true });
    entries.push({
      label: t('Delete message'),
      icon: 'trash',
      danger: true,
      onAction: (shift) => acts.remove(message, shift),
    });
  }
  return entries;
}
