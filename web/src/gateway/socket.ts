// One connection to the gateway that heals itself: hello, identify or resume, heartbeat, back off, try again.
// It knows nothing of what the events mean.

export const Op = {
  Dispatch: 0,
  Heartbeat: 1,
  Identify: 2,
  PresenceUpdate: 3,
  Resume: 6,
  RequestGuildMembers: 8,
  Reconnect: 7,
  InvalidSession: 9,
  Hello: 10,
  HeartbeatAck: 11,
  GuildSubscriptions: 14,
} as const;

export type SocketStatus = 'connecting' | 'open' | 'lost' | 'stopped';

export interface GatewayOptions {
  url: string;
  token: string;
  identify: () => Record<string, unknown>;
  onDispatch: (event: string, d: unknown) => void;
  onStatus: (status: SocketStatus) => void;
  /** The server will not have us with this token: there is no point in trying again. */
  onRefused: (code: number) => void;
  createSocket?: (url: string) => WebSocket;
  random?: () => number;
}

interface Frame {
  op: number;
  d: unknown;
  s: number | null;
  t: string | null;
}

const FATAL = new Set([4004, 4010, 4011, 4012, 4013, 4014]);
const FORGETS_SESSION = new Set([1000, 1001, 4003, 4005, 4007, 4009]);
const HELLO_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;
const FIRST_WAIT_MS = 400;
/** Ours: anything but 1000 and 1001, so that the server keeps the session for the resume. */
const CLOSE_AND_RESUME = 4900;

export class GatewaySocket {
  private readonly options: GatewayOptions;
  private socket: WebSocket | null = null;
  private status: SocketStatus = 'stopped';
  private sessionId: string | null = null;
  private sequence: number | null = null;
  private attempts = 0;
  private acknowledged = true;
  private timers: { heartbeat?: Timer; hello?: Timer; retry?: Timer; invalid?: Timer } = {};

  constructor(options: GatewayOptions) {
    this.options = options;
  }

  start(): void {
    if (this.status !== 'stopped') return;
    this.setStatus('connecting');
    this.connect();
  }

  stop(): void {
    this.clearTimers();
    this.setStatus('stopped');
    const socket = this.socket;
    this.socket = null;
    this.sessionId = null;
    this.sequence = null;
    socket?.close(1000);
  }

  /** The network is back or the page is seen again: do not sit out the rest of the wait. */
  retryNow(): void {
    if (this.timers.retry === undefined) return;
    clearTimeout(this.timers.retry);
    this.timers.retry = undefined;
    this.connect();
  }

  /** Says nothing while there is no session; the next IDENTIFY carries the presence anyway. */
  send(op: number, d: unknown): void {
    if (this.status === 'open') this.write(op, d);
  }

  private connect(): void {
    const create = this.options.createSocket ?? ((url: string) => new WebSocket(url));
    let socket: WebSocket;
    try {
      socket = create(this.options.url);
    } catch {
      this.scheduleRetry();
      return;
    }
    this.socket = socket;
    this.acknowledged = true;
    this.timers.hello = setTimeout(() => this.drop(), HELLO_MS);
    socket.onmessage = (event: MessageEvent) => {
      if (this.socket === socket) this.receive(event.data);
    };
    socket.onclose = (event: CloseEvent) => {
      if (this.socket === socket) this.closed(event.code);
    };
  }

  private receive(data: unknown): void {
    if (typeof data !== 'string') return;
    const frame = JSON.parse(data) as Frame;
    if (frame.s !== null && frame.s !== undefined) this.sequence = frame.s;
    switch (frame.op) {
      case Op.Hello:
        this.hello((frame.d as { heartbeat_interval: number }).heartbeat_interval);
        break;
      case Op.HeartbeatAck:
        this.acknowledged = true;
        break;
      case Op.Heartbeat:
        this.write(Op.Heartbeat, this.sequence);
        break;
      case Op.Reconnect:
        this.attempts = 0;
        this.drop();
        break;
      case Op.InvalidSession:
        this.invalidSession(frame.d === true);
        break;
      case Op.Dispatch:
        this.dispatch(frame.t ?? '', frame.d);
        break;
    }
  }

  private hello(interval: number): void {
    clearTimeout(this.timers.hello);
    const beat = () => {
      if (!this.acknowledged) {
        this.drop();
        return;
      }
      this.acknowledged = false;
      this.write(Op.Heartbeat, this.sequence);
      this.timers.heartbeat = setTimeout(beat, interval);
    };
    clearTimeout(this.timers.heartbeat);
    this.timers.heartbeat = setTimeout(beat, interval * this.random());
    if (this.sessionId !== null) {
      this.write(Op.Resume, { token: this.options.token, session_id: this.sessionId, seq: this.sequence ?? 0 });
    } else {
      this.identify();
    }
  }

  private identify(): void {
    this.sessionId = null;
    this.sequence = null;
    this.write(Op.Identify, { token: this.options.token, ...this.options.identify() });
  }

  private invalidSession(resumable: boolean): void {
    if (resumable) {
      this.drop();
      return;
    }
    this.sessionId = null;
    this.sequence = null;
    clearTimeout(this.timers.invalid);
    this.timers.invalid = setTimeout(() => this.identify(), 200 + 800 * this.random());
  }

  private dispatch(event: string, d: unknown): void {
    if (event === 'READY') this.sessionId = (d as { session_id: string }).session_id;
    if (event === 'READY' || event === 'RESUMED') this.attempts = 0;
    this.options.onDispatch(event, d);
    // The state is complete before anybody hears that the connection is open.
    if (event === 'READY' || event === 'RESUMED') this.setStatus('open');
  }

  /** Leaves a socket that is no good, without waiting for its close handshake. */
  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close(CLOSE_AND_RESUME);
    }
    this.closed(CLOSE_AND_RESUME);
  }

  private closed(code: number): void {
    this.socket = null;
    this.clearTimers();
    if (this.status === 'stopped') return;
    if (FATAL.has(code)) {
      this.stop();
      this.options.onRefused(code);
      return;
    }
    if (FORGETS_SESSION.has(code)) {
      this.sessionId = null;
      this.sequence = null;
    }
    this.setStatus('lost');
    this.scheduleRetry();
  }

  private scheduleRetry(): void {
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts);
    this.attempts++;
    this.timers.retry = setTimeout(
      () => {
        this.timers.retry = undefined;
        this.connect();
      },
      ceiling * (0.5 + 0.5 * this.random()),
    );
  }

  private write(op: number, d: unknown): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ op, d }));
  }

  private setStatus(status: SocketStatus): void {
    if (this.status === status) return;
    this.status = status;
    this.options.onStatus(status);
  }

  private clearTimers(): void {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.timers = {};
  }

  private random(): number {
    return (this.options.random ?? Math.random)();
  }
}

type Timer = ReturnType<typeof setTimeout>;
