import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NetworkError } from '../../api/client';
import type { GuildFolder, UserSettings } from '../../api/types';
import { reduce } from '../../gateway/events';
import { dropped, orderedGuilds } from '../../state/folders';
import { initialState } from '../../state/model';
import { apply, store } from '../../state/store';
import { guild, ready } from '../../testing/samples';

const api = vi.hoisted(() => ({ changeSettings: vi.fn() }));
vi.mock('../../api/settings', () => api);

const { arrange, arrangedNow, folderName } = await import('./folders');

const one = (id: string): GuildFolder => ({ id: null, guild_ids: [id], name: null, color: null });
const standing = () => orderedGuilds(store.getState().guilds, arrangedNow()).join(' ');
const up = (id: string, above: string) => arrange((all) => dropped(all, id, above, 'before', 0));

/** Answers that come when they are let. */
let answer: (() => void)[] = [];

beforeEach(() => {
  answer = [];
  api.changeSettings.mockReset().mockImplementation(
    (body: UserSettings) => new Promise<UserSettings>((done) => answer.push(() => done({ status: 'online', ...body }))),
  );
  store.setState(initialState, true);
  apply((s) =>
    reduce(s, 'READY', ready({ guilds: ['1', '2', '3'].map((id) => guild({ id, name: `Server ${id}` })), user_settings: { guild_folders: [one('1'), one('2'), one('3')] } })),
  );
});

describe('arranging servers', () => {
  it('shows at once, and older news changes nothing until all is stored', async () => {
    up('2', '1');
    up('3', '2');
    expect(standing()).toBe('3 2 1');
    expect(api.changeSettings).toHaveBeenCalledTimes(1);
    apply((s) => reduce(s, 'USER_SETTINGS_UPDATE', { guild_folders: [one('2'), one('1'), one('3')] }));
    expect(standing()).toBe('3 2 1');
    answer[0]?.();
    await vi.waitFor(() => expect(api.changeSettings).toHaveBeenCalledTimes(2));
    expect(api.changeSettings).toHaveBeenLastCalledWith({ guild_folders: [one('3'), one('2'), one('1')] });
    expect(standing()).toBe('3 2 1');
    answer[1]?.();
    await vi.waitFor(() => expect(store.getState().arranging).toBe(null));
    expect(standing()).toBe('3 2 1');
    apply((s) => reduce(s, 'USER_SETTINGS_UPDATE', { guild_folders: [one('1'), one('3'), one('2')] }));
    expect(standing()).toBe('1 3 2');
  });

  it('is taken back when it is not stored, and says so', async () => {
    api.changeSettings.mockRejectedValue(new NetworkError(null));
    up('3', '1');
    expect(standing()).toBe('3 1 2');
    await vi.waitFor(() => expect(store.getState().arranging).toBe(null));
    expect(standing()).toBe('1 2 3');
    expect(store.getState().notices.map((notice) => notice.kind)).toEqual(['error']);
  });

  it('asks for nothing when nothing moves', () => {
    up('1', '1');
    expect(api.changeSettings).not.toHaveBeenCalled();
  });

  it('calls a folder by its name, else by its servers', () => {
    expect(folderName(store.getState(), { name: 'Work', guild_ids: ['1'] })).toBe('Work');
    expect(folderName(store.getState(), { name: '', guild_ids: ['1', '2'] })).toBe('Server 1, Server 2');
  });
});
