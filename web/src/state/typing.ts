import type { Id } from '../api/types';
import type { Patch, State } from './model';

const TYPING_MS = 10_000;

export function typingStarted(state: State, channel: Id, user: Id, now: number): Patch {
  if (user === state.me?.id) return {};
  const others = (state.typing[channel] ?? []).filter((t) => t.userId !== user && t.until > now);
  return { typing: { ...state.typing, [channel]: [...others, { userId: user, until: now + TYPING_MS }] } };
}

export function typingStopped(state: State, channel: Id, user: Id): Patch {
  const list = state.typing[channel];
  if (!list?.some((t) => t.userId === user)) return {};
  return { typing: { ...state.typing, [channel]: list.filter((t) => t.userId !== user) } };
}

export function typingExpired(state: State, now: number): Patch {
  let typing = state.typing;
  for (const [channel, list] of Object.entries(state.typing)) {
    const left = list.filter((t) => t.until > now);
    if (left.length === list.length) continue;
    if (typing === state.typing) typing = { ...typing };
    typing[channel] = left;
  }
  return typing === state.typing ? {} : { typing };
}
