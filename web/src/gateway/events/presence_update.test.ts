import { describe, expect, it } from 'vitest';
import type { User } from '../../api/types';
import type { State } from '../../state/model';
import { presenceUpdate } from './presence_update';

const ada = { id: '1', username: 'ada', global_name: 'Ada', discriminator: '0', avatar: null } as User;
const state = { presences: {}, users: { '1': ada } } as unknown as State;

describe('PRESENCE_UPDATE', () => {
  it('brings a new name with it', () => {
    const patch = presenceUpdate(state, { user: { ...ada, global_name: 'Countess' }, status: 'idle', activities: [] });
    expect(patch.users?.['1']?.global_name).toBe('Countess');
    expect(patch.presences?.['1']?.status).toBe('idle');
  });

  it('may know no more than the id', () => {
    const patch = presenceUpdate(state, { user: { id: '1' }, status: 'offline', activities: [] });
    expect(patch.users).toBe(state.users);
  });
});
