// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { wantedBy } from './wanted';

describe('what a consent page is asked for', () => {
  it('is read from the address, as 64 bits', () => {
    expect(wantedBy('?client_id=5&scope=bot%20applications.commands&permissions=9007199254740993&guild_id=9')).toEqual({
      application: '5',
      scope: 'bot applications.commands',
      permissions: 9007199254740993n,
      guild: '9',
    });
  });

  it('is nothing if it is not about a bot', () => {
    expect(wantedBy('?client_id=5&scope=identify')).toBeNull();
    expect(wantedBy('?scope=bot')).toBeNull();
    expect(wantedBy('?client_id=<b>&scope=bot')).toBeNull();
    expect(wantedBy('?client_id=5&permissions=-1')?.permissions).toBe(0n);
  });
});
