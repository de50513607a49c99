import { useCallback, useEffect, useId, useState, type KeyboardEvent, type RefObject } from 'react';
import type { Id } from '../../api/types';
import { store } from '../../state/store';
import { nameOf } from '../../state/users';
import { searchEmoji, withTone } from '../emoji';
import { insertText } from './textarea';

export interface Suggestion {
  key: string;
  kind: 'user' | 'emoji';
  userId?: Id;
  emoji?: string;
  label: string;
  detail: string;
  insert: string;
}

const LIMIT = 8;
const TRIGGER = /(^|[\s(])([@:])([\w.+-]{0,32})$/;

interface Trigger {
  sign: '@' | ':';
  word: string;
  from: number;
}

function triggerBefore(field: HTMLTextAreaElement): Trigger | null {
  if (field.selectionStart !== field.selectionEnd) return null;
  const match = TRIGGER.exec(field.value.slice(0, field.selectionStart));
  if (!match) return null;
  const word = match[3] ?? '';
  const sign = match[2] as '@' | ':';
  if (sign === ':' && word.length < 2) return null;
  return { sign, word, from: field.selectionStart - word.length - 1 };
}

function people(channel: Id, word: string): Suggestion[] {
  const state = store.getState();
  const wanted = word.toLowerCase();
  const members = [...(state.channels[channel]?.recipients ?? []), state.me?.id ?? ''];
  return members
    .flatMap((id): Suggestion[] => {
      const user = id === state.me?.id ? state.me : state.users[id];
      if (!user) return [];
      const name = nameOf(state, id);
      if (!user.username.startsWith(wanted) && !name.toLowerCase().includes(wanted)) return [];
      return [{ key: id, kind: 'user', userId: id, label: name, detail: user.username, insert: `@${user.username} ` }];
    })
    .slice(0, LIMIT);
}

async function emoji(word: string): Promise<Suggestion[]> {
  const found = await searchEmoji(word, LIMIT);
  return found.map((one) => {
    const char = withTone(one);
    return { key: one.char, kind: 'emoji', emoji: char, label: `:${one.codes[0] ?? word}:`, detail: '', insert: `${char} ` };
  });
}

/** Suggestions for @names and :emoji: in a text field, by keyboard as by mouse. */
export function useAutocomplete(ref: RefObject<HTMLTextAreaElement | null>, channel: Id) {
  const listId = useId();
  const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
  const [active, setActive] = useState(0);
  const [from, setFrom] = useState(0);
  const open = suggestions.length > 0;

  const close = useCallback(() => setSuggestions([]), []);

  const update = useCallback(() => {
    const field = ref.current;
    const trigger = field ? triggerBefore(field) : null;
    if (!field || !trigger) {
      close();
      return;
    }
    const show = (found: Suggestion[]) => {
      setSuggestions(found);
      setActive(0);
      setFrom(trigger.from);
    };
    if (trigger.sign === '@') show(people(channel, trigger.word));
    else {
      void emoji(trigger.word).then((found) => {
        // The answer may come when the text has gone on.
        const now = triggerBefore(field);
        if (now?.sign === ':' && now.word === trigger.word) show(found);
      });
    }
  }, [ref, channel, close]);

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
        const chosen = suggestions[active];
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
