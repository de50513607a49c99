// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { me, message } from '../testing/samples';
import { continues } from './grouping';
import { emptyWindow, type PendingMessage } from './model';
import { buildRows, type Row } from './rows';

const at = (time: string) => ({ timestamp: `2026-11-24T${time}:00.000000+00:00` });

describe('grouping', () => {
  it('puts messages of one author within seven minutes under one head', () => {
    const first = message('1', at('12:00'));
    expect(continues(undefined, first)).toBe(false);
    expect(continues(first, message('2', at('12:06')))).toBe(true);
    expect(continues(first, message('2', at('12:07')))).toBe(false);
    expect(continues(first, message('2', { ...at('12:01'), author: me }))).toBe(false);
  });

  it('starts anew at replies, after system messages and on another day', () => {
    const first = message('1', at('12:00'));
    expect(continues(first, message('2', { ...at('12:01'), type: 19 }))).toBe(false);
    expect(continues(message('1', { ...at('12:00'), type: 6 }), message('2', at('12:01')))).toBe(false);
    expect(continues(first, message('2', { timestamp: '2026-11-26T12:01:00.000000+00:00' }))).toBe(false);
  });
});

describe('rows', () => {
  const kinds = (rows: Row[]) =>
    rows
      .flatMap((r) => [
        ...(r.kind !== 'beginning' && r.day !== null ? ['day'] : []),
        ...(r.kind === 'message' && r.unread ? ['unread'] : []),
        r.kind,
      ])
      .join(' ');
  const window = { ...emptyWindow, loaded: true, atStart: true, atEnd: true };
  const pending: PendingMessage = {
    nonce: 'k1',
    channelId: '500',
    content: 'hello',
    foreignNonce: false,
    replyTo: null,
    createdAt: Date.parse('2026-11-24T12:03:00Z'),
    state: 'pending',
    reason: null,
  };

  it('draws the beginning, each day, the messages and what is being sent', () => {
    const items = [message('1', { timestamp: '2026-11-20T12:00:00.000000+00:00' }), message('2')];
    expect(kinds(buildRows({ ...window, items }, [pending], '1', undefined))).toBe(
      'beginning day message day message pending',
    );
  });

  it('draws the red line once, above the first message that somebody else wrote', () => {
    const items = [message('1'), message('2', { author: me }), message('3'), message('4')];
    const rows = buildRows({ ...window, items }, [], '1', '1');
    expect(kinds(rows)).toBe('beginning day message message unread message message');
  });

  it('draws no red line while the place where it belongs is not loaded', () => {
    const items = [message('10'), message('11')];
    expect(kinds(buildRows({ ...window, atStart: false, items }, [], '1', '5'))).toBe('day message message');
    expect(kinds(buildRows({ ...window, atStart: false, items }, [], '1', '10'))).toBe('day message unread message');
  });

  it('gives a stored message the key of the one that was being sent', () => {
    const before = buildRows({ ...window, items: [message('1')] }, [pending], '1', undefined);
    const after = buildRows({ ...window, items: [message('1'), message('2', { author: me, nonce: 'k1' })] }, [], '1', undefined);
    expect(after.at(-1)?.key).toBe(before.at(-1)?.key);
  });

  it('never draws a message beside its own greyed copy', () => {
    const items = [message('1'), message('2', { author: me, nonce: 'k1' })];
    expect(kinds(buildRows({ ...window, items }, [pending], '1', undefined))).toBe('beginning day message message');
  });

  it('keeps what is being sent out of the middle of history', () => {
    const items = [message('1')];
    expect(kinds(buildRows({ ...window, atStart: false, atEnd: false, items }, [pending], '1', undefined))).toBe(
      'day message',
    );
    expect(kinds(buildRows({ ...window, atEnd: false, refreshing: true, items }, [pending], '1', undefined))).toBe(
      'beginning day message pending',
    );
  });
});
