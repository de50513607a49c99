// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { me, message, page, ready } from '../testing/samples';
import {
  aroundLoaded,
  beginEndLoad,
  latestLoaded,
  mergeMessages,
  newerLoaded,
  olderLoaded,
  windowRefreshed,
} from './messages';
import { initialState, type Patch, type State } from './model';

const C = '500';

class Box {
  state: State = { ...initialState, ...reduce(initialState, 'READY', ready()) };
  do(change: (state: State) => Patch): this {
    this.state = { ...this.state, ...change(this.state) };
    return this;
  }
  event(name: string, d: unknown): this {
    return this.do((s) => reduce(s, name, d));
  }
  get window() {
    return this.state.windows[C]!;
  }
  get ids() {
    return this.window.items.map((m) => Number(m.id));
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('merging', () => {
  it('sorts, drops doubles and lets the newer knowledge win', () => {
    const merged = mergeMessages([message('1'), message('3')], [message('2'), message('3', { content: 'new' })]);
    expect(merged.map((m) => m.id)).toEqual(['1', '2', '3']);
    expect(merged[2]?.content).toBe('new');
  });

  it('does not forget a nonce', () => {
    expect(mergeMessages([message('1', { nonce: 'k' })], [message('1')])[0]?.nonce).toBe('k');
  });
});

describe('a window of history', () => {
  it('grows upwards to the first message', () => {
    const box = new Box().do((s) => latestLoaded(s, C, page(1051, 1100), 50));
    expect(box.window).toMatchObject({ atStart: false, atEnd: true, loaded: true });
    box.do((s) => olderLoaded(s, C, '1051', page(1001, 1050), 50));
    box.do((s) => olderLoaded(s, C, '1001', page(990, 1000), 50));
    expect(box.window.atStart).toBe(true);
    expect(box.ids).toEqual(range(990, 1100));
  });

  it('ignores a page that belongs to a piece that is gone', () => {
    const box = new Box().do((s) => latestLoaded(s, C, page(1051, 1100), 50));
    box.do((s) => olderLoaded(s, C, '900', page(850, 899), 50));
    expect(box.ids).toEqual(range(1051, 1100));
  });

  it('takes live messages only at its end', () => {
    const box = new Box().do((s) => aroundLoaded(s, C, '500', page(475, 525), 50));
    expect(box.window).toMatchObject({ atStart: false, atEnd: false });
    box.event('MESSAGE_CREATE', message('1004'));
    expect(box.ids).toEqual(range(475, 525));
    box.do((s) => newerLoaded(s, C, '525', page(526, 560), 50));
    expect(box.window.atEnd).toBe(true);
    box.event('MESSAGE_CREATE', message('1005'));
    expect(box.ids.at(-1)).toBe(1005);
  });

  it('loses nothing that arrives while the page to the end is under way', () => {
    const box = new Box().do((s) => beginEndLoad(s, C));
    box.event('MESSAGE_CREATE', message('1004')).event('MESSAGE_CREATE', message('1005'));
    box.event('MESSAGE_DELETE', { id: '1005', channel_id: C });
    box.do((s) => latestLoaded(s, C, page(1001, 1003), 50));
    expect(box.ids).toEqual([1001, 1002, 1003, 1004]);
  });

  it('is mended after a lost session: what was missed comes, what was deleted goes', () => {
    const box = new Box().do((s) => latestLoaded(s, C, page(1001, 1003), 50));
    box.state = { ...box.state, openChannel: C };
    box.event('READY', ready());
    expect(box.window).toMatchObject({ atEnd: false, refreshing: true });
    expect(box.ids).toEqual([1001, 1002, 1003]);
    box.do((s) => beginEndLoad(s, C));
    box.event('MESSAGE_CREATE', message('1006'));
    box.do((s) => windowRefreshed(s, C, [message('1005'), message('1004'), message('1001', { content: 'edited' })], true));
    expect(box.ids).toEqual([1001, 1004, 1005, 1006]);
    expect(box.window.items[0]?.content).toBe('edited');
    expect(box.window).toMatchObject({ atEnd: true, refreshing: false });
  });

  it('is cut down to its newest part when nobody looks at it', () => {
    const box = new Box().do((s) => latestLoaded(s, C, page(1001, 1450), 500));
    expect(box.window.atStart).toBe(true);
    box.event('MESSAGE_CREATE', message('1451'));
    expect(box.ids).toEqual(range(1251, 1451));
    expect(box.window.atStart).toBe(false);
  });

  it('of a conversation that is not open is dropped when the session was lost', () => {
    const box = new Box().do((s) => latestLoaded(s, C, page(1001, 1003), 50)).event('READY', ready());
    expect(box.state.windows[C]).toBeUndefined();
  });
});

describe('changes of a message', () => {
  const open = () => new Box().do((s) => latestLoaded(s, C, page(1001, 1003), 50));

  it('are seen also in the quotes of its answers', () => {
    const box = open();
    box.event('MESSAGE_CREATE', message('1004', { type: 19, referenced_message: message('1001') }));
    box.event('MESSAGE_UPDATE', message('1001', { content: 'better', edited_timestamp: 'now' }));
    expect(box.window.items[0]?.content).toBe('better');
    expect(box.window.items[3]?.referenced_message?.content).toBe('better');
    box.event('MESSAGE_DELETE', { id: '1001', channel_id: C });
    expect(box.ids).toEqual([1002, 1003, 1004]);
    expect(box.window.items[2]?.referenced_message).toBeNull();
  });

  it('count reactions, and our own only once', () => {
    const box = open();
    const event = (user: string) => ({ user_id: user, channel_id: C, message_id: '1002', emoji: { id: null, name: '👍' } });
    const reaction = () => box.window.items[1]?.reactions?.[0];
    box.event('MESSAGE_REACTION_ADD', event('2'));
    expect(reaction()).toMatchObject({ count: 1, me: false });
    box.event('MESSAGE_REACTION_ADD', event(me.id)).event('MESSAGE_REACTION_ADD', event(me.id));
    expect(reaction()).toMatchObject({ count: 2, me: true });
    box.event('MESSAGE_UPDATE', message('1002', { reactions: [{ count: 2, me: false, emoji: { id: null, name: '👍' } }] }));
    expect(reaction()).toMatchObject({ count: 2, me: true });
    box.event('MESSAGE_REACTION_REMOVE', event(me.id)).event('MESSAGE_REACTION_REMOVE', event(me.id));
    expect(reaction()).toMatchObject({ count: 1, me: false });
    box.event('MESSAGE_REACTION_REMOVE_ALL', { channel_id: C, message_id: '1002' });
    expect(box.window.items[1]?.reactions).toEqual([]);
  });

  it('end the editing of one that was deleted', () => {
    const box = open();
    box.state = { ...box.state, editing: { [C]: '1002' } };
    box.event('MESSAGE_DELETE_BULK', { ids: ['1002'], channel_id: C });
    expect(box.state.editing[C]).toBeNull();
  });
});
