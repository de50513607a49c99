import type { Id } from '../../api/types';
import type { Draft } from '../../state/model';
import { apply, store } from '../../state/store';

const KEY = 'guildhall.drafts';
const empty: Draft = { text: '', replyTo: null };

let timer: ReturnType<typeof setTimeout> | undefined;

/** What was typed stays with its conversation, also over a reload. */
export function setDraft(channel: Id, change: Partial<Draft>): void {
  apply((state) => {
    const draft = { ...(state.drafts[channel] ?? empty), ...change };
    const { [channel]: _old, ...others } = state.drafts;
    return { drafts: draft.text || draft.replyTo ? { ...others, [channel]: draft } : others };
  });
  clearTimeout(timer);
  timer = setTimeout(save, 300);
}

function save(): void {
  const { me, drafts } = store.getState();
  if (!me) return;
  try {
    localStorage.setItem(KEY, JSON.stringify({ user: me.id, drafts }));
  } catch {
    // Not kept over a reload, then.
  }
}

export function restoreDrafts(): void {
  const { me } = store.getState();
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as { user: Id; drafts: Record<Id, Draft> } | null;
    if (kept && kept.user === me?.id) apply((state) => ({ drafts: { ...kept.drafts, ...state.drafts } }));
  } catch {
    // An unreadable draft is no draft.
  }
}

export function forgetDrafts(): void {
  clearTimeout(timer);
  localStorage.removeItem(KEY);
}
