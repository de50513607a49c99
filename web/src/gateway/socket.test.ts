// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewaySocket, Op, type SocketStatus } from './socket';

class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }
  readyState = 1;
  sent: { op: number; d: never }[] = [];
  closedWith: number | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as never);
  }
  close(code: number) {
    this.closedWith = code;
    this.readyState = 3;
  }
  say(op: number, d: unknown, s: number | null = null, t: string | null = null) {
    this.onmessage?.({ data: JSON.stringify({ t, s, op, d }) });
  }
  hello() {
    this.say(Op.Hello, { heartbeat_interval: 40_000 });
  }
  drop(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  ops() {
    return this.sent.map((f) => f.op);
  }
}

let statuses: SocketStatus[];
let events: string[];
let refused: number[];
let gateway: GatewaySocket;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  statuses = [];
  events = [];
  refused = [];
  gateway = new GatewaySocket({
    url: 'ws://here/gateway',
    token: 'secret',
    identify: () => ({ capabilities: 0 }),
    onDispatch: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
    onRefused: (code) => refused.push(code),
    createSocket: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 1,
  });
  gateway.start();
});

afterEach(() => {
  gateway.stop();
  vi.useRealTimers();
});

const becomeReady = () => {
  FakeSocket.last.hello();
  FakeSocket.last.say(Op.Dispatch, { session_id: 'abc' }, 1, 'READY');
};

describe('the gateway connection', () => {
  it('identifies after hello and is open after READY', () => {
    expect(statuses).toEqual(['connecting']);
    expect(FakeSocket.last.sent).toEqual([]);
    FakeSocket.last.hello();
    expect(FakeSocket.last.sent).toEqual([{ op: Op.Identify, d: { token: 'secret', capabilities: 0 } }]);
    FakeSocket.last.say(Op.Dispatch, { session_id: 'abc' }, 1, 'READY');
    expect(statuses).toEqual(['connecting', 'open']);
    expect(events).toEqual(['READY']);
  });

  it('beats with the last sequence, also when asked', () => {
    becomeReady();
    FakeSocket.last.say(Op.Dispatch, {}, 7, 'X');
    vi.advanceTimersByTime(40_000);
    expect(FakeSocket.last.sent.at(-1)).toEqual({ op: Op.Heartbeat, d: 7 });
    FakeSocket.last.say(Op.HeartbeatAck, null);
    FakeSocket.last.say(Op.Heartbeat, null);
    expect(FakeSocket.last.ops().filter((op) => op === Op.Heartbeat)).toHaveLength(2);
  });

  it('leaves a connection whose heartbeat is not answered, and resumes', () => {
    becomeReady();
    vi.advanceTimersByTime(40_000);
    vi.advanceTimersByTime(40_000);
    expect(FakeSocket.all[0]?.closedWith).toBe(4900);
    expect(statuses.at(-1)).toBe('lost');
    vi.advanceTimersByTime(500);
    FakeSocket.last.hello();
    expect(FakeSocket.last.sent[0]).toEqual({ op: Op.Resume, d: { token: 'secret', session_id: 'abc', seq: 1 } });
    FakeSocket.last.say(Op.Dispatch, {}, 2, 'MESSAGE_CREATE');
    expect(statuses.at(-1)).toBe('lost');
    FakeSocket.last.say(Op.Dispatch, {}, 3, 'RESUMED');
    expect(statuses.at(-1)).toBe('open');
    expect(events).toEqual(['READY', 'MESSAGE_CREATE', 'RESUMED']);
  });

  it('resumes after a cut and after a reconnect request', () => {
    becomeReady();
    FakeSocket.last.drop(1006);
    vi.advanceTimersByTime(500);
    FakeSocket.last.hello();
    expect(FakeSocket.last.ops()).toEqual([Op.Resume]);
    FakeSocket.last.say(Op.Dispatch, {}, 2, 'RESUMED');
    FakeSocket.last.say(Op.Reconnect, null);
    vi.advanceTimersByTime(500);
    FakeSocket.last.hello();
    expect(FakeSocket.last.ops()).toEqual([Op.Resume]);
    expect(FakeSocket.all).toHaveLength(3);
  });

  it('identifies anew on the same connection when its session is gone', () => {
    becomeReady();
    FakeSocket.last.drop(4000);
    vi.advanceTimersByTime(500);
    FakeSocket.last.hello();
    FakeSocket.last.say(Op.InvalidSession, false);
    vi.advanceTimersByTime(1500);
    expect(FakeSocket.last.ops()).toEqual([Op.Resume, Op.Identify]);
    FakeSocket.last.say(Op.Dispatch, { session_id: 'new' }, 1, 'READY');
    FakeSocket.last.drop(4000);
    vi.advanceTimersByTime(500);
    FakeSocket.last.hello();
    expect(FakeSocket.last.sent[0]).toEqual({ op: Op.Resume, d: { token: 'secret', session_id: 'new', seq: 1 } });
  });

  it.each([4003, 4007, 4009, 1000])('begins a new session after close %i', (code) => {
    becomeReady();
    FakeSocket.last.drop(code);
    vi.advanceTimersByTime(500);
    FakeSocket.last.hello();
    expect(FakeSocket.last.ops()).toEqual([Op.Identify]);
  });

  it('stops for good when the token is refused', () => {
    becomeReady();
    FakeSocket.last.drop(4004);
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(refused).toEqual([4004]);
    expect(statuses.at(-1)).toBe('stopped');
  });

  it('waits longer each time, up to a limit, and short again after success', () => {
    becomeReady();
    const gaps: number[] = [];
    for (let i = 0; i < 9; i++) {
      const before = FakeSocket.all.length;
      FakeSocket.last.drop(1006);
      let waited = 0;
      while (FakeSocket.all.length === before) {
        vi.advanceTimersByTime(100);
        waited += 100;
      }
      gaps.push(waited);
    }
    expect(gaps).toEqual([400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    FakeSocket.last.hello();
    FakeSocket.last.say(Op.Dispatch, {}, 2, 'RESUMED');
    FakeSocket.last.drop(1006);
    vi.advanceTimersByTime(400);
    expect(FakeSocket.all).toHaveLength(11);
  });

  it('does not sit out the wait when the network is back', () => {
    becomeReady();
    for (let i = 0; i < 6; i++) {
      FakeSocket.last.drop(1006);
      gateway.retryNow();
    }
    expect(FakeSocket.all).toHaveLength(7);
  });

  it('gives up on a server that says nothing', () => {
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.all[0]?.closedWith).toBe(4900);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('hears nothing more from a connection that it left', () => {
    becomeReady();
    const old = FakeSocket.last;
    old.say(Op.Reconnect, null);
    old.say(Op.Dispatch, {}, 2, 'LATE');
    expect(events).toEqual(['READY']);
  });

  it('sends presence only while there is a session', () => {
    gateway.send(Op.PresenceUpdate, {});
    expect(FakeSocket.last.sent).toEqual([]);
    becomeReady();
    gateway.send(Op.PresenceUpdate, { status: 'idle' });
    expect(FakeSocket.last.sent.at(-1)).toEqual({ op: Op.PresenceUpdate, d: { status: 'idle' } });
  });
});
