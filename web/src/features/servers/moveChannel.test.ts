import { beforeEach, describe, expect, it } from 'vitest';
import { reduce } from '../../gateway/events';
import { initialState } from '../../state/model';
import { store } from '../../state/store';
import { guild, guildChannel, ready } from '../../testing/samples';
import { newPlaces, placesFor } from './moveChannel';

beforeEach(() => {
  store.setState(
    {
      ...initialState,
      ...reduce(initialState, 'READY', ready({
        guilds: [
          guild({
            channels: [
              guildChannel('1', { position: 0 }),
              guildChannel('2', { position: 1 }),
              guildChannel('3', { type: 4, position: 0 }),
              guildChannel('4', { parent_id: '3', position: 0 }),
              guildChannel('5', { type: 2, parent_id: '3', position: 0 }),
              guildChannel('6', { type: 4, position: 1 }),
            ],
          }),
        ],
      })),
    },
    true,
  );
});

const places = (dragged: string, target: string, place: 'before' | 'after' | 'into') =>
  newPlaces(store.getState().channels, dragged, target, place);

describe('moving channels', () => {
  it('changes places beside its like', () => {
    expect(places('2', '1', 'before')).toEqual([{ id: '2', position: 0 }, { id: '1', position: 1 }]);
    expect(places('6', '3', 'before')).toEqual([{ id: '6', position: 0 }, { id: '3', position: 1 }]);
  });

  it('moves into a category, beside another channel or behind all', () => {
    expect(places('2', '4', 'before')).toEqual([{ id: '2', position: 0, parent_id: '3' }, { id: '4', position: 1 }, { id: '5', position: 2 }]);
    expect(places('1', '6', 'into')).toEqual([{ id: '1', position: 0, parent_id: '6' }]);
  });

  it('moves out of a category', () => {
    expect(places('4', '1', 'after')).toEqual([{ id: '4', position: 1, parent_id: null }, { id: '2', position: 2 }]);
  });

  it('goes only where it fits', () => {
    expect(placesFor('1', '5')).toEqual([]);
    expect(placesFor('1', '3')).toEqual(['into']);
    expect(placesFor('3', '1')).toEqual([]);
    expect(placesFor('3', '6')).toEqual(['before', 'after']);
    expect(placesFor('1', '500')).toEqual([]);
  });
});
