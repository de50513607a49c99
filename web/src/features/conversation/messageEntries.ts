import { MessageType, type Message, type User } from '../../api/types';
import { t } from '../../i18n';
import { store } from '../../state/store';
import { copyText } from '../../ui/clipboard';
import type { MenuEntry } from '../../ui/Menu';
import { plainText } from '../markdown';
import type { ConversationActs } from './acts';
import { beginEdit } from './editMessage';
import { markUnread } from './markUnread';
import { togglePin } from './togglePin';

const findUser = (id: string): User | undefined => store.getState().users[id];

export const isOwn = (message: Message): boolean => message.author.id === store.getState().me?.id;

export const isSpoken = (message: Message): boolean =>
  message.type === MessageType.Default || message.type === MessageType.Reply;

export const shortText = (message: Message): string =>
  plainText(message.content, { users: findUser, channels: () => undefined }).replace(/\s+/g, ' ').trim();

/** Everything that one can do with a message. */
export function messageEntries(message: Message, acts: ConversationActs, anchor: Element | null): MenuEntry[] {
  const own = isOwn(message);
  const spoken = isSpoken(message);
  const selection = window.getSelection()?.toString() ?? '';
  const entries: MenuEntry[] = [];
  if (anchor) {
    entries.push({ label: t('Add reaction'), icon: 'smile', onAction: () => acts.pickReaction(message, anchor) });
  }
  if (spoken) {
    entries.push({ label: t('Reply'), icon: 'reply', onAction: () => acts.reply(message) });
    if (own) {
      entries.push({ label: t('Edit message'), icon: 'edit', onAction: () => beginEdit(message.channel_id, message.id) });
    }
    entries.push({
      label: message.pinned ? t('Unpin message') : t('Pin message'),
      icon: 'pin',
      onAction: () => void togglePin(message),
    });
  }
  if (message.content) {
    entries.push({
      label: selection ? t('Copy selection') : t('Copy text'),
      icon: 'copy',
      onAction: () => void copyText(selection || message.content),
    });
  }
  entries.push({ label: t('Mark as unread'), icon: 'unread', onAction: () => void markUnread(message) });
  entries.push({ label: t('Copy message ID'), icon: 'id', onAction: () => void copyText(message.id) });
  if (own && spoken) {
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
