import { t } from '../../i18n';
import type { Node } from './ast';
import { parse } from './parse';
import { formatTimestamp } from './timestamps';

export interface Names {
  users?: (id: string) => { username: string; global_name?: string | null } | undefined;
  channels?: (id: string) => { name?: string | null } | undefined;
  roles?: (id: string) => { name: string; color?: number } | undefined;
}

/**
 * What a message says, on one line and without marks: for previews, notifications and titles. Spoilers stay hidden.
 */
export function plainText(text: string, names: Names = {}, locale = 'en'): string {
  return write(parse(text), names, locale).replace(/\s+/g, ' ').trim();
}

function write(nodes: Node[], names: Names, locale: string): string {
  return nodes.map((node) => writeOne(node, names, locale)).join('');
}

function writeOne(node: Node, names: Names, locale: string): string {
  switch (node.type) {
    case 'text':
    case 'code':
    case 'emoji':
      return node.content;
    case 'codeBlock':
      return ` ${node.content} `;
    case 'br':
      return ' ';
    case 'strong':
    case 'em':
    case 'underline':
    case 'strike':
    case 'link':
      return write(node.content, names, locale);
    case 'spoiler':
      return t('(spoiler)');
    case 'quote':
    case 'subtext':
    case 'heading':
      return ` ${write(node.content, names, locale)} `;
    case 'list':
      return node.items
        .map((item, i) => ` ${node.ordered ? `${node.start + i}.` : '•'} ${write(item, names, locale)} `)
        .join('');
    case 'user': {
      const user = names.users?.(node.id);
      return `@${user ? user.global_name || user.username : t('unknown user')}`;
    }
    case 'role':
      return `@${names.roles?.(node.id)?.name ?? t('unknown role')}`;
    case 'channel':
      return `#${names.channels?.(node.id)?.name ?? t('unknown channel')}`;
    case 'everyone':
    case 'here':
      return `@${node.type}`;
    case 'command':
      return `/${node.name}`;
    case 'customEmoji':
      return `:${node.name}:`;
    case 'timestamp':
      return formatTimestamp(node.unix, node.style, locale, Date.now());
  }
}
