import { token } from './token';

interface ErrorNode {
  _errors?: { code: string; message: string }[];
  [key: string]: unknown;
}

export interface FieldError {
  code: string;
  message: string;
}

/** A refusal in the server's own words. `code` is Discord's JSON code, 0 when it gave none. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly fields: Record<string, FieldError>;
  readonly retryAfter: number | null;

  constructor(status: number, code: number, message: string, fields: Record<string, FieldError>, retryAfter: number | null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later without being changed. */
  get temporary(): boolean {
    return this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

/** The server could not be reached at all. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached');
    this.name = 'NetworkError';
    this.cause = cause;
  }
}

export function flattenErrors(node: unknown, path = '', into: Record<string, FieldError> = {}): Record<string, FieldError> {
  if (typeof node !== 'object' || node === null) return into;
  const { _errors, ...children } = node as ErrorNode;
  const first = _errors?.[0];
  if (first) into[path] = { code: first.code, message: first.message };
  for (const [key, child] of Object.entries(children)) flattenErrors(child, path ? `${path}.${key}` : key, into);
  return into;
}

let onUnauthorized: () => void = () => {};

export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

export interface RequestOptions {
  body?: unknown;
  query?: Record<string, string | number | boolean | undefined>;
  auth?: boolean;
  headers?: Record<string, string> | undefined;
  /** Wait and repeat when the server says that we are too fast. The outbox has its own rule and switches this off. */
  waitForLimit?: boolean;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const LONGEST_WAIT_S = 10;

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const url = new URL(`/api/v10${path}`, window.location.origin);
  for (const [key, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  const headers: Record<string, string> = { ...options.headers };
  const used = options.auth === false ? null : token();
  if (used) headers.Authorization = used;
  let body: string | undefined;
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  for (let attempt = 0; ; attempt++) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, { method, headers, body, signal, cache: 'no-store' });
      text = response.status === 204 ? '' : await response.text();
    } catch (cause) {
      throw new NetworkError(cause);
    }
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    const error = toError(response, text);
    const wait = error.retryAfter ?? 1;
    if (error.status === 429 && options.waitForLimit !== false && attempt < 3 && wait <= LONGEST_WAIT_S) {
      await new Promise((resolve) => setTimeout(resolve, wait * 1000 + 50));
      continue;
    }
    if (error.status === 401 && used && used === token()) onUnauthorized();
    throw error;
  }
}

function toError(response: Response, text: string): ApiError {
  let parsed: { code?: number; message?: string; errors?: unknown; retry_after?: number } = {};
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    // A proxy in between may answer with a page of its own.
  }
  const header = Number(response.headers.get('Retry-After'));
  const retryAfter = parsed.retry_after ?? (Number.isFinite(header) && header > 0 ? header : null);
  return new ApiError(
    response.status,
    parsed.code ?? 0,
    parsed.message ?? response.statusText,
    flattenErrors(parsed.errors),
    retryAfter,
  );
}
