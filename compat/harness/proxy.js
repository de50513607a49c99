// Stands between the bot and the server and does to gateway connections what networks do: it loses what was on its
// way, resets connections, or makes the server seem to close them.
//
// It knows just enough of WebSocket to tell where a frame of the server ends, because a close frame may only be put
// between two frames.

import { once } from 'node:events';
import net from 'node:net';

/** First byte of a whole text frame. */
const TEXT = 0x81;

/** One connection through the proxy. */
class Link {
  constructor(client, upstream) {
    this.client = client;
    this.upstream = upstream;
    this.gateway = false;
    this.upgraded = false;
    this.losing = false;
    this.lost = 0;
    this.pending = Buffer.alloc(0);
  }

  fromClient(chunk) {
    // An upgrade request fits into the first packet of its connection: it is a few hundred bytes, sent at once.
    if (!this.gateway && /\r\nupgrade: *websocket\r\n/i.test(chunk.toString('latin1'))) this.gateway = true;
    this.upstream.write(chunk);
  }

  fromServer(chunk) {
    if (!this.gateway) {
      this.client.write(chunk);
      return;
    }
    this.pending = Buffer.concat([this.pending, chunk]);
    if (!this.upgraded) {
      const end = this.pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.upgraded = true;
      this.client.write(this.pending.subarray(0, end + 4));
      this.pending = this.pending.subarray(end + 4);
    }
    for (;;) {
      const length = frameLength(this.pending);
      if (length === null || this.pending.length < length) return;
      const frame = this.pending.subarray(0, length);
      this.pending = this.pending.subarray(length);
      if (!this.losing) this.client.write(frame);
      // Plain text shows whether it is a dispatch; of a compressed frame we only know that it is one.
      else if (frame[0] !== TEXT || frame.includes('"op":0,')) this.lost += 1;
    }
  }
}

/** The length of the unmasked frame at the start, header included; null while its header is not whole. */
function frameLength(bytes) {
  if (bytes.length < 2) return null;
  const short = bytes[1] & 0x7f;
  if (short < 126) return 2 + short;
  if (short === 126) return bytes.length < 4 ? null : 4 + bytes.readUInt16BE(2);
  return bytes.length < 10 ? null : 10 + Number(bytes.readBigUInt64BE(2));
}

export class Proxy {
  #links = new Set();
  #server;
  #target = null;

  async listen() {
    this.#server = net.createServer({ noDelay: true }, (client) => this.#accept(client)).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  /** Where connections go from now on. */
  target(port) {
    this.#target = port;
  }

  #accept(client) {
    const upstream = net.connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const link = new Link(client, upstream);
    this.#links.add(link);
    client.on('data', (chunk) => link.fromClient(chunk));
    upstream.on('data', (chunk) => link.fromServer(chunk));
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    const drop = () => {
      this.#links.delete(link);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.on('error', drop);
      socket.on('close', drop);
    }
  }

  #gateways() {
    const links = [...this.#links].filter((link) => link.upgraded);
    if (links.length === 0) throw new Error('no gateway connection goes through the proxy');
    return links;
  }

  /** From now on nothing that the server says on its present gateway connections arrives. */
  lose() {
    for (const link of this.#gateways()) link.losing = true;
  }

  /** How many dispatches were lost on present gateway connections. */
  get lost() {
    return this.#gateways().reduce((sum, link) => sum + link.lost, 0);
  }

  /** Resets the gateway connections on both sides. */
  cut() {
    for (const link of this.#gateways()) {
      link.client.resetAndDestroy();
      link.upstream.resetAndDestroy();
    }
  }

  /** Makes the server seem to close the gateway connections with this code. */
  close(code, reason) {
    for (const link of this.#gateways()) {
      const text = Buffer.from(reason);
      const frame = Buffer.alloc(4 + text.length);
      frame[0] = 0x88;
      frame[1] = 2 + text.length;
      frame.writeUInt16BE(code, 2);
      text.copy(frame, 4);
      link.losing = true;
      link.client.write(frame);
      link.client.end();
    }
  }

  async stop() {
    for (const link of this.#links) {
      link.client.destroy();
      link.upstream.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }
}
