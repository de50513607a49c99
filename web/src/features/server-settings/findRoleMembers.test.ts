import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/client';
import type { Member } from '../../api/types';
import { reduce } from '../../gateway/events';
import { initialState } from '../../state/model';
import { store } from '../../state/store';
import { guild, member, ready, role, user } from '../../testing/samples';

const api = vi.hoisted(() => ({ listMembers: vi.fn(), countRoles: vi.fn(), listRoleMemberIds: vi.fn() }));
vi.mock('../../api/members', () => api);
vi.mock('../../api/roles', () => api);

const { findRoleMembers } = await import('./findRoleMembers');

/** Every tenth of them has the role. */
const everybody = (count: number): Member[] =>
  Array.from({ length: count }, (_, n) => member(user(String(10_000 + n)), { roles: n % 10 === 0 ? ['901'] : [] }));

const absent = new ApiError(404, 0, '404: Not Found', {}, null);

async function find(members: Member[], ids: string[] | ApiError): Promise<string[]> {
  store.setState(
    {
      ...initialState,
      ...reduce(initialState, 'READY', ready({ guilds: [guild({ member_count: members.length, roles: [role('901')] })] })),
    },
    true,
  );
  api.listMembers.mockImplementation((_guild: string, after: string | undefined, limit: number) =>
    Promise.resolve(members.filter((one) => after === undefined || one.user.id > after).slice(0, limit)),
  );
  api.countRoles.mockResolvedValue({ '901': members.filter((one) => one.roles.length > 0).length });
  api.listRoleMemberIds.mockImplementation(() => (ids instanceof ApiError ? Promise.reject(ids) : Promise.resolve(ids)));
  let told: string[] = [];
  await findRoleMembers('900', '901', () => true, (all) => (told = all));
  return told;
}

beforeEach(() => vi.clearAllMocks());

describe('who has a role', () => {
  it('is read from the one page that holds a small server, with names', async () => {
    expect(await find(everybody(30), [])).toEqual(['10000', '10010', '10020']);
    expect(api.listRoleMemberIds).not.toHaveBeenCalled();
    expect(api.listMembers).toHaveBeenCalledTimes(1);
    expect(store.getState().members['900']?.['10020']?.roles).toEqual(['901']);
    // who does not have it is not kept
    expect(store.getState().members['900']?.['10021']).toBeUndefined();
  });

  it('is told by ids alone in a large one', async () => {
    const members = everybody(2000);
    const ids = members.filter((one) => one.roles.length > 0).map((one) => one.user.id);
    expect(await find(members, ids)).toEqual(ids);
    expect(api.listMembers).not.toHaveBeenCalled();
  });

  it.each([
    ['are named in part', ['10000', '11990']],
    ['cannot be asked for', absent],
  ])('is looked for page by page where the ids %s', async (_, ids) => {
    const told = await find(everybody(2500), ids);
    expect(told.length).toBe(250);
    expect(new Set(told).size).toBe(250);
    expect(api.listMembers).toHaveBeenCalledTimes(3);
  });

  it('ends when all are found, and is not taken for nobody when the server refuses', async () => {
    const members = everybody(2500).map((one, n) => (n < 100 ? one : { ...one, roles: [] }));
    expect((await find(members, absent)).length).toBe(10);
    expect(api.listMembers).toHaveBeenCalledTimes(1);
    await expect(find(members, new ApiError(403, 50013, 'Missing Permissions', {}, null))).rejects.toMatchObject({ code: 50013 });
  });
});
