import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError } from '../../api/client';
import type { Message } from '../../api/types';
import { reduce } from '../../gateway/events';
import { latestLoaded } from '../../state/messages';
import { initialState } from '../../state/model';
import { buildRows } from '../../state/rows';
import { apply, store } from '../../state/store';
import { me, message, page, ready } from '../../testing/samples';

const api = vi.hoisted(() => ({ createMessage: vi.fn(), reserveMessageIds: vi.fn() }));
vi.mock('../../api/messages', () => api);

const { sendMessage, retryMessage, discardMessage, restoreOutbox, kickOutbox, forgetQueues } = await import('./sender');
const { refillKeys, forgetKeys } = await import('./keys');
const { remembered, forget } = await import('./outbox');

const C = '500';
let nextKey = 1;
let nextId = 2000;

const stored = (nonce: string, content: string): Message => message(String(nextId++), { author: me, nonce, content });
const pending = () => store.getState().pending[C] ?? [];
const texts = () => store.getState().windows[C]?.items.map((m) => m.content) ?? [];
const shown = () =>
  buildRows(store.getState().windows[C]!, pending(), me.id, undefined).flatMap((r) =>
    r.kind === 'message' ? [r.message.content] : r.kind === 'pending' ? [r.pending.content] : [],
  );
const settled = () => vi.waitFor(() => expect(pending().filter((p) => p.state === 'pending')).toEqual([]), { timeout: 5000 });

beforeEach(async () => {
  store.setState(initialState, true);
  apply((s) => reduce(s, 'READY', ready()));
  apply((s) => latestLoaded(s, C, page(1001, 1002), 50));
  api.reserveMessageIds.mockImplementation((count: number) =>
    Promise.resolve({ ids: Array.from({ length: count }, () => `m${nextKey++}`) }),
  );
  forgetKeys();
  await refillKeys();
});

afterEach(async () => {
  forgetQueues();
  for (const entry of await remembered(me.id)) await forget(entry.nonce);
  vi.clearAllMocks();
});

describe('sending', () => {
  it('shows the message at once and lets the answer take its place', async () => {
    api.createMessage.mockImplementation((_c: string, body: { nonce: string; content: string }) =>
      Promise.resolve(stored(body.nonce, body.content)),
    );
    void sendMessage(C, 'hello', null);
    expect(shown()).toEqual(['text 1001', 'text 1002', 'hello']);
    expect(pending()[0]).toMatchObject({ state: 'pending', foreignNonce: false });
    expect(pending()[0]?.nonce).toMatch(/^m\d+$/);
    await settled();
    expect(shown()).toEqual(['text 1001', 'text 1002', 'hello']);
    expect(pending()).toEqual([]);
    await vi.waitFor(async () => expect(await remembered(me.id)).toEqual([]));
  });

  it.each(['answer first', 'event first'])('shows one message, whichever comes first: %s', async (order) => {
    let answer: (m: Message) => void = () => {};
    api.createMessage.mockImplementation(() => new Promise<Message>((resolve) => (answer = resolve)));
    void sendMessage(C, 'hello', null);
    await vi.waitFor(() => expect(api.createMessage).toHaveBeenCalled());
    const done = stored(pending()[0]!.nonce, 'hello');
    const event = () => apply((s) => reduce(s, 'MESSAGE_CREATE', done));
    if (order === 'event first') {
      event();
      expect(shown()).toEqual(['text 1001', 'text 1002', 'hello']);
      answer(done);
    } else {
      answer(done);
      await settled();
      event();
    }
    await settled();
    expect(texts()).toEqual(['text 1001', 'text 1002', 'hello']);
    expect(shown()).toEqual(['text 1001', 'text 1002', 'hello']);
  });

  it('repeats with the same key until the server answers', async () => {
    api.createMessage
      .mockRejectedValueOnce(new NetworkError('cut'))
      .mockRejectedValueOnce(new ApiError(502, 0, 'bad gateway', {}, null))
      .mockRejectedValueOnce(new ApiError(429, 0, 'slow', {}, 0.01))
      .mockImplementation((_c: string, body: { nonce: string; content: string }) => Promise.resolve(stored(body.nonce, body.content)));
    await sendMessage(C, 'hello', null);
    const key = pending()[0]?.nonce;
    const kicks = setInterval(kickOutbox, 30);
    await settled();
    clearInterval(kicks);
    expect(api.createMessage).toHaveBeenCalledTimes(4);
    expect(new Set(api.createMessage.mock.calls.map(([, body]) => (body as { nonce: string }).nonce))).toEqual(new Set([key]));
    expect(shown()).toEqual(['text 1001', 'text 1002', 'hello']);
  });

  it('says why a message was refused, and sends it again only when asked', async () => {
    api.createMessage.mockRejectedValueOnce(new ApiError(403, 50007, 'Cannot send messages to this user', {}, null));
    await sendMessage(C, 'hello', null);
    await settled();
    expect(pending()[0]).toMatchObject({ state: 'failed' });
    expect(pending()[0]?.reason).toContain('friends');
    expect((await remembered(me.id))[0]).toMatchObject({ state: 'failed' });
    kickOutbox();
    expect(api.createMessage).toHaveBeenCalledTimes(1);
    api.createMessage.mockImplementation((_c: string, body: { nonce: string; content: string }) => Promise.resolve(stored(body.nonce, body.content)));
    retryMessage(pending()[0]!);
    await vi.waitFor(() => expect(pending()).toEqual([]));
    expect(texts().at(-1)).toBe('hello');
  });

  it('forgets a refused message that is deleted', async () => {
    api.createMessage.mockRejectedValueOnce(new ApiError(403, 50007, '', {}, null));
    await sendMessage(C, 'hello', null);
    await settled();
    discardMessage(pending()[0]!);
    expect(pending()).toEqual([]);
    await vi.waitFor(async () => expect(await remembered(me.id)).toEqual([]));
  });

  it('keeps the order of what was written', async () => {
    const order: string[] = [];
    api.createMessage.mockImplementation(async (_c: string, body: { nonce: string; content: string }) => {
      await new Promise((resolve) => setTimeout(resolve, body.content === 'one' ? 40 : 1));
      order.push(body.content);
      return stored(body.nonce, body.content);
    });
    void sendMessage(C, 'one', null);
    void sendMessage(C, 'two', null);
    void sendMessage(C, 'three', null);
    await settled();
    expect(order).toEqual(['one', 'two', 'three']);
  });

  it('sends what an earlier run of the page left behind, under its old key', async () => {
    api.createMessage.mockRejectedValue(new NetworkError('cut'));
    await sendMessage(C, 'left behind', null);
    const key = pending()[0]?.nonce;
    forgetQueues();
    apply(() => ({ pending: {} }));
    api.createMessage.mockReset();
    api.createMessage.mockImplementation((_c: string, body: { nonce: string; content: string }) => Promise.resolve(stored(body.nonce, body.content)));
    await restoreOutbox();
    await vi.waitFor(() => expect(texts().at(-1)).toBe('left behind'));
    await settled();
    expect(api.createMessage.mock.calls.at(-1)?.[1]).toMatchObject({ nonce: key });
  });

  it('makes a key of its own when the server has not given any', async () => {
    forgetKeys();
    api.reserveMessageIds.mockRejectedValue(new NetworkError('cut'));
    api.createMessage.mockImplementation((_c: string, body: { nonce: string; content: string }) => Promise.resolve(stored(body.nonce, body.content)));
    await sendMessage(C, 'hello', '1001');
    await settled();
    const body = api.createMessage.mock.calls[0]?.[1] as { nonce: string; enforce_nonce: boolean };
    expect(body.enforce_nonce).toBe(true);
    expect(body.nonce).toMatch(/^x[0-9a-f]{24}$/);
    expect(body).toMatchObject({ message_reference: { message_id: '1001', channel_id: C } });
  });
});
