import type { Notice, Patch, State } from './model';

let next = 1;

export function noticeAdded(state: State, kind: Notice['kind'], text: string): Patch {
  const others = state.notices.filter((n) => n.text !== text).slice(-3);
  return { notices: [...others, { key: next++, kind, text }] };
}

export function noticeRemoved(state: State, key: number): Patch {
  return { notices: state.notices.filter((n) => n.key !== key) };
}
