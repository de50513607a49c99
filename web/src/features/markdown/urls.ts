const SAFE = new Set(['http:', 'https:', 'mailto:']);
/** A scheme, and what a host can begin with: a letter, a digit, or a bracketed IPv6 address. */
const SCHEME = /(https?:\/\/)(?:[\p{L}\p{N}]|\[[0-9a-f:.]{2,45}\])/uy;
/** As long as the pages and servers that people link to accept. */
const MAX_LENGTH = 2048;

/** The address if a click on it is safe: web pages and mail, nothing that runs or reads local files. */
export function linkTarget(address: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (!SAFE.has(url.protocol)) return undefined;
  return url.protocol === 'mailto:' || url.hostname !== '' ? address : undefined;
}

/** What a reader should see of where a link leads. */
export function realHost(target: string): string {
  const url = new URL(target);
  return url.protocol === 'mailto:' ? url.pathname : url.host;
}

/** The web address that begins at `at`, without the punctuation of the sentence around it. */
export function scanBareUrl(text: string, at: number): string | undefined {
  SCHEME.lastIndex = at;
  const scheme = SCHEME.exec(text);
  if (!scheme) return undefined;
  const first = at + scheme[1]!.length;
  const limit = Math.min(text.length, at + MAX_LENGTH);
  let end = first;
  let depth = 0;
  for (; end < limit; end++) {
    const c = text[end]!;
    if (c === '<' || /\s/.test(c)) break;
    if (c === '(') depth++;
    // a bracket that the address did not open closes something around it
    if (c === ')' && --depth < 0) break;
  }
  while (end > first && /[.,:;"'\]]/.test(text[end - 1]!)) end--;
  return end > first ? text.slice(at, end) : undefined;
}

/** What stands in the round brackets of a link: an address, perhaps in angle brackets, perhaps a quoted title. */
export function readDestination(source: string): { address: string; title: string | undefined } | undefined {
  if (source.length > 2 * MAX_LENGTH) return undefined;
  const trimmed = source.trim();
  const gap = trimmed.search(/\s/);
  const first = gap === -1 ? trimmed : trimmed.slice(0, gap);
  const address = /^<[^<>]*>$/.test(first) ? first.slice(1, -1) : first;
  if (address === '' || address.length > MAX_LENGTH || /[<>]/.test(address)) return undefined;
  if (gap === -1) return { address, title: undefined };
  const title = /^(?:"([^"]*)"|'([^']*)')$/.exec(trimmed.slice(gap).trim());
  return title ? { address, title: title[1] ?? title[2] } : undefined;
}

/** Does this label promise an address other than the one that it hides? */
export function looksLikeAnotherAddress(label: string, target: string): boolean {
  const shown = /(?:https?:\/\/|www\.)[^\s<>()[\]*_~|`"']+/i.exec(label)?.[0];
  if (shown === undefined) return false;
  try {
    const promised = new URL(/^https?:/i.test(shown) ? shown : `https://${shown}`);
    return promised.host !== new URL(target).host;
  } catch {
    return true;
  }
}
