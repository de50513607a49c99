import { RelationshipType, type Id, type Relationship } from '../api/types';
import type { Patch, State } from './model';
import { nameOf, withUsers } from './users';

export function relationshipPut(state: State, relationship: Relationship): Patch {
  const { id, type, nickname, since } = relationship;
  return {
    relationships: { ...state.relationships, [id]: { id, type, nickname: nickname ?? null, since: since ?? null } },
    users: withUsers(state.users, [relationship.user]),
  };
}

export function relationshipChanged(state: State, id: Id, nickname: string | null): Patch {
  const old = state.relationships[id];
  return old ? { relationships: { ...state.relationships, [id]: { ...old, nickname } } } : {};
}

export function relationshipRemoved(state: State, id: Id): Patch {
  const { [id]: gone, ...relationships } = state.relationships;
  if (!gone) return {};
  const { [id]: _presence, ...presences } = state.presences;
  return { relationships, presences };
}

export const relationshipType = (state: State, id: Id): number =>
  state.relationships[id]?.type ?? RelationshipType.None;

/** Ids of a kind, by name, newest request first where time matters more. */
export function relationsOf(state: State, type: number): Id[] {
  return Object.values(state.relationships)
    .filter((r) => r.type === type)
    .map((r) => r.id)
    .sort((a, b) => nameOf(state, a).localeCompare(nameOf(state, b)));
}

export const pendingCount = (state: State): number =>
  Object.values(state.relationships).filter((r) => r.type === RelationshipType.Incoming).length;

export function isOnline(state: State, id: Id): boolean {
  const status = state.presences[id]?.status;
  return status !== undefined && status !== 'offline' && status !== 'invisible';
}
