import { request } from './client';
import type { Id, Role } from './types';

export interface RoleChange {
  name?: string;
  color?: number;
  hoist?: boolean;
  mentionable?: boolean;
  permissions?: string;
}

export const createRole = (guild: Id, body: RoleChange) => request<Role>('POST', `/guilds/${guild}/roles`, { body });

export const changeRole = (guild: Id, role: Id, body: RoleChange) => request<Role>('PATCH', `/guilds/${guild}/roles/${role}`, { body });

export const deleteRole = (guild: Id, role: Id) => request<void>('DELETE', `/guilds/${guild}/roles/${role}`);

export const moveRoles = (guild: Id, places: { id: Id; position: number }[]) =>
  request<Role[]>('PATCH', `/guilds/${guild}/roles`, { body: places });

export const giveRole = (guild: Id, user: Id, role: Id) => request<void>('PUT', `/guilds/${guild}/members/${user}/roles/${role}`);

export const takeRole = (guild: Id, user: Id, role: Id) => request<void>('DELETE', `/guilds/${guild}/members/${user}/roles/${role}`);

/** Who has it; of very many, only some. */
export const listRoleMemberIds = (guild: Id, role: Id) => request<Id[]>('GET', `/guilds/${guild}/roles/${role}/member-ids`);

export const countRoles = (guild: Id) => request<Record<Id, number>>('GET', `/guilds/${guild}/roles/member-counts`);
