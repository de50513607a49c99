import type { Id } from '../api/types';

const EPOCH = 1420070400000;

/** Ids are 64-bit numbers in decimal: longer is larger, and at the same length the alphabet decides. */
export function compareIds(a: Id, b: Id): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

export const isNewer = (a: Id | null | undefined, b: Id | null | undefined): boolean =>
  a != null && (b == null || compareIds(a, b) > 0);

export const newest = (a: Id | null | undefined, b: Id | null | undefined): Id | null =>
  isNewer(a, b) ? (a ?? null) : (b ?? null);

export const idTime = (id: Id): number => Number(BigInt(id) >> 22n) + EPOCH;

export const previousId = (id: Id): Id => String(BigInt(id) - 1n);
export const nextId = (id: Id): Id => String(BigInt(id) + 1n);
