import type { AuditEntry } from '../../api/types';
import { t } from '../../i18n';

/** What was done, by Discord's numbers. */
export const actionName = (type: number): string => names()[type] ?? t('Other');

export const names = (): Record<number, string> => ({
  1: t('Changed the server'),
  10: t('Created a channel'),
  11: t('Changed a channel'),
  12: t('Deleted a channel'),
  13: t('Added permissions'),
  14: t('Changed permissions'),
  15: t('Removed permissions'),
  20: t('Kicked a member'),
  21: t('Pruned members'),
  22: t('Banned a member'),
  23: t('Unbanned a member'),
  24: t('Changed a member'),
  25: t('Changed the roles of a member'),
  26: t('Moved members to another voice channel'),
  27: t('Disconnected members from voice'),
  28: t('Added a bot'),
  30: t('Created a role'),
  31: t('Changed a role'),
  32: t('Deleted a role'),
  40: t('Created an invite'),
  41: t('Changed an invite'),
  42: t('Revoked an invite'),
  50: t('Created a webhook'),
  51: t('Changed a webhook'),
  52: t('Deleted a webhook'),
  60: t('Added an emoji'),
  61: t('Changed an emoji'),
  62: t('Deleted an emoji'),
  72: t('Deleted messages'),
  73: t('Deleted messages in bulk'),
  74: t('Pinned a message'),
  75: t('Unpinned a message'),
  80: t('Added an integration'),
  82: t('Removed an integration'),
  110: t('Created a thread'),
  111: t('Changed a thread'),
  112: t('Deleted a thread'),
});

export type Tone = 'made' | 'changed' | 'gone';

const GONE = new Set([12, 15, 20, 21, 22, 32, 42, 52, 62, 72, 73, 75, 82, 112]);
const MADE = new Set([10, 13, 23, 28, 30, 40, 50, 60, 74, 80, 110]);

export const toneOf = (type: number): Tone => (GONE.has(type) ? 'gone' : MADE.has(type) ? 'made' : 'changed');

function said(value: unknown): string {
  if (value === null || value === undefined || value === '') return t('nothing');
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (Array.isArray(value)) {
    return value.map((one) => (typeof one === 'object' && one !== null && 'name' in one ? String(one.name) : String(one))).join(', ');
  }
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** Each change in a line: what, from, to. */
export function changeLines(entry: AuditEntry): string[] {
  return (entry.changes ?? []).map(({ key, old_value: before, new_value: after }) => {
    if (key === '$add') return t('Gave {roles}', { roles: said(after) });
    if (key === '$remove') return t('Took {roles}', { roles: said(after) });
    const what = key.replaceAll('_', ' ');
    if (before === undefined) return t('{what}: {after}', { what, after: said(after) });
    if (after === undefined) return t('{what} was {before}', { what, before: said(before) });
    return t('{what}: {before} → {after}', { what, before: said(before), after: said(after) });
  });
}

/** The name that a change gave or took, for targets that are not there any more. */
export function nameIn(entry: AuditEntry): string | null {
  const change = entry.changes?.find((one) => one.key === 'name' || one.key === 'code');
  const value = change?.new_value ?? change?.old_value;
  return typeof value === 'string' ? value : null;
}
