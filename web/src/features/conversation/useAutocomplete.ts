import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { memberColor, memberName } from '../../state/members';
import { can, Permission } from '../../state/permissions';
import { store, useApp } from '../../state/store';
import { searchEmoji, withTone } from '../emoji';
import { searchMembers } from '../members/wantMembers';
import { mentionablesIn, peopleIn } from './names';
import { insertText } from './textarea';

export interface Suggestion {
  key: string;
  kind: 'user' | 'role' | 'channel' | 'emoji';
  userId?: Id;
  /** A picture of the server's own, or a character. */
  emoji?: string;
  picture?: string;
  channelType?: number;
  color?: number | null;
  label: string;
  detail: string;
  insert: string;
}

const LIMIT = 8;
const TRIGGER = /(^|[\s(])([@:#])([\p{L}\p{N}_.+-]{0,32})$/u;

interface Trigger {
  sign: '@' | ':' | '#';
  word: string;
  from: number;
}

function triggerBefore(field: HTMLTextAreaElement): Trigger | null {
  if (field.selectionStart !== field.selectionEnd) return null;
  const match = TRIGGER.exec(field.value.slice(0, field.selectionStart));
  if (!match) return null;
  const word = match[3] ?? '';
  const sign = match[2] as Trigger['sign'];
  if (sign === ':' && word.length < 2) return null;
  return { sign, word, from: field.selectionStart - word.length - 1 };
}

/** Names that begin so go before those that only contain it. */
const rank = (name: string, wanted: string): number => (name.toLowerCase().startsWith(wanted) ? 0 : 1);

function people(channel: Id, word: string): Suggestion[] {
  const state = store.getState();
  const guild = state.channels[channel]?.guildId ?? null;
  const wanted = word.toLowerCase();
  const users = peopleIn(channel)
    .flatMap((user): (Suggestion & { rank: number })[] => {
      const name = memberName(state, guild, user.id);
      if (!user.username.startsWith(wanted) && !name.toLowerCase().includes(wanted)) return [];
      return [
        {
          key: user.id,
          kind: 'user',
          userId: user.id,
          color: memberColor(state, guild, user.id),
          label: name,
          detail: user.username,
          insert: `@${user.username} `,
          rank: rank(name, wanted),
        },
      ];
    })
    .sort((a, b) => a.rank - b.rank || a.label.localeCompare(b.label))
    .slice(0, LIMIT);
  if (!guild) return users;
  const everyone = can(state, channel, Permission.MentionEveryone);
  const roles = Object.values(state.guilds[guild]?.roles ?? {})
    .filter((role) => role.id !== guild && (role.mentionable || everyone) && role.name.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a.name, wanted) - rank(b.name, wanted) || b.position - a.position)
    .map((role): Suggestion => ({
      key: role.id,
      kind: 'role',
      color: role.color || null,
      label: `@${role.name}`,
      detail: t('Role'),
      insert: `@${role.name} `,
    }));
  const all = everyone
    ? (['everyone', 'here'] as const)
        .filter((name) => name.startsWith(wanted))
        .map((name): Suggestion => ({
          key: name,
          kind: 'role',
          color: null,
          label: `@${name}`,
          detail: name === 'everyone' ? t('Everybody in this channel') : t('Everybody who is online'),
          insert: `@${name} `,
        }))
    : [];
  return [...users.slice(0, Math.max(LIMIT - 3, LIMIT - roles.length - all.length)), ...roles, ...all].slice(0, LIMIT + 2);
}

function channels(channel: Id, word: string): Suggestion[] {
  const state = store.getState();
  const wanted = word.toLowerCase();
  const all = mentionablesIn(channel).channels;
  return all
    .filter((one) => one.name.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a.name, wanted) - rank(b.name, wanted) || (state.channels[a.id]?.position ?? 0) - (state.channels[b.id]?.position ?? 0))
    .slice(0, LIMIT)
    .map((one) => {
      const entry = state.channels[one.id];
      // Two of the same name: only the id says which is meant.
      const only = all.filter((other) => other.name.toLowerCase() === one.name.toLowerCase()).length === 1;
      return {
        key: one.id,
        kind: 'channel',
        channelType: entry?.type ?? ChannelType.Text,
        label: one.name,
        detail: (entry?.parentId ? state.channels[entry.parentId]?.name : null) ?? '',
        insert: only ? `#${one.name} ` : `<#${one.id}> `,
      };
    });
}

async function emoji(channel: Id, word: string): Promise<Suggestion[]> {
  const wanted = word.toLowerCase();
  const own = mentionablesIn(channel)
    .emojis.filter((one) => one.name.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a.name, wanted) - rank(b.name, wanted) || a.name.localeCompare(b.name))
    .slice(0, LIMIT)
    .map((one): Suggestion => ({
      key: one.id,
      kind: 'emoji',
      picture: `/emojis/${one.id}.${one.animated ? 'gif' : 'webp'}?size=48`,
      label: `:${one.name}:`,
      detail: t('This server'),
      insert: `:${one.name}: `,
    }));
  const found = await searchEmoji(word, LIMIT);
  const common = found.map((one): Suggestion => {
    const char = withTone(one);
    return { key: one.char, kind: 'emoji', emoji: char, label: `:${one.codes[0] ?? word}:`, detail: '', insert: `${char} ` };
  });
  return [...own, ...common].slice(0, LIMIT + 2);
}

/** Suggestions for @names, #channels and :emoji: in a text field, by keyboard as by mouse. */
export function useAutocomplete(ref: RefObject<HTMLTextAreaElement | null>, channel: Id) {
  const listId = useId();
  const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
  const [active, setActive] = useState(0);
  const [from, setFrom] = useState(0);
  const open = suggestions.length > 0;
  const guild = useApp((s) => s.channels[channel]?.guildId ?? null);
  const members = useApp((s) => (guild ? s.members[guild] : undefined));
  const asking = useRef(false);

  const close = useCallback(() => {
    asking.current = false;
    setSuggestions([]);
  }, []);

  const update = useCallback(() => {
    const field = ref.current;
    const trigger = field ? triggerBefore(field) : null;
    if (!field || !trigger || (trigger.sign === '#' && !guild)) {
      close();
      return;
    }
    const show = (found: Suggestion[]) => {
      setSuggestions(found);
      setActive(0);
      setFrom(trigger.from);
    };
    asking.current = trigger.sign === '@';
    if (trigger.sign === '@') {
      show(people(channel, trigger.word));
      // In a large server not everybody is known.
      if (guild && trigger.word) searchMembers(guild, trigger.word.toLowerCase());
    } else if (trigger.sign === '#') show(channels(channel, trigger.word));
    else {
      void emoji(channel, trigger.word).then((found) => {
        // The answer may come when the text has gone on.
        const now = triggerBefore(field);
        if (now?.sign === ':' && now.word === trigger.word) show(found);
      });
    }
  }, [ref, channel, guild, close]);

  // Those who were asked for have come: the list is made again while it is wanted, and what was chosen stays chosen.
  useEffect(() => {
    const field = ref.current;
    if (!asking.current || !field || document.activeElement !== field) return;
    const trigger = triggerBefore(field);
    if (trigger?.sign === '@') setSuggestions(people(channel, trigger.word));
  }, [members, ref, channel]);

  const choose = useCallback(
    (suggestion: Suggestion) => {
      const field = ref.current;
      if (!field) return;
      insertText(field, suggestion.insert, from, field.selectionStart);
      close();
    },
    [ref, from, close],
  );

  /** Whether the key was meant for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!open) return false;
    const step = (by: number) => setActive((active + by + suggestions.length) % suggestions.length);
    switch (event.key) {
      case 'ArrowDown':
        step(1);
        break;
      case 'ArrowUp':
        step(-1);
        break;
      case 'Enter':
      case 'Tab': {
        const chosen = suggestions[active] ?? suggestions[0];
        if (chosen) choose(chosen);
        break;
      }
      case 'Escape':
        close();
        break;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  useEffect(() => close, [channel, close]);

  return {
    open,
    suggestions,
    active,
    setActive,
    listId,
    update,
    choose,
    close,
    onKey,
    fieldProps: {
      'aria-autocomplete': 'list' as const,
      'aria-haspopup': 'listbox' as const,
      'aria-controls': open ? listId : undefined,
      'aria-activedescendant': open ? `${listId}-${active}` : undefined,
    },
  };
}

export type Autocomplete = ReturnType<typeof useAutocomplete>;
