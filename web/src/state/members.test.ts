// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { guild, member, ready, role, user } from '../testing/samples';
import { FEW, holdersOf, inOrder, memberGone } from './members';
import { initialState, type State } from './model';

const holding = { roles: ['901'] };
const state: State = {
  ...initialState,
  ...reduce(initialState, 'READY', ready({
    guilds: [
      guild({
        roles: [role('901')],
        members: [member(user('5', 'zoe'), holding), member(user('6', 'mia')), member(user('7', 'bob'), { ...holding, nick: 'yan' })],
      }),
    ],
  })),
};

describe('who has a role', () => {
  it('follows what is known, else what was told', () => {
    expect(holdersOf(state.members['900'], '901', []).sort()).toEqual(['5', '7']);
    // 6 lost it since, 8 was never met
    expect(holdersOf(state.members['900'], '901', ['6', '7', '8']).sort()).toEqual(['5', '7', '8']);
    expect(holdersOf({ ...state, ...memberGone(state, '900', '5') }.members['900'], '901', ['8'])).toEqual(['8', '7']);
    expect(holdersOf(undefined, '901', ['8'])).toEqual(['8']);
  });

  it('stands by name, those who are not known yet behind', () => {
    expect(inOrder(state, '900', ['9', '5', '8', '6', '7'])).toEqual(['6', '7', '5', '8', '9']);
  });

  it('stands by id where there are too many to ask for all', () => {
    const many = Array.from({ length: FEW }, (_, n) => String(1000 - n));
    expect(inOrder(state, '900', [...many, '7', '6', '5'])).toEqual(['5', '6', '7', ...many.reverse()]);
  });
});
