import type { LinkForm, Node, TimestampStyle } from './ast';
import { Backticks, Closers, EmphasisMarks, matchBrackets } from './delimiters';
import { emojiHere, mayBeginEmoji } from './emoji-pattern';
import { readListLines, type ListLine } from './list-lines';
import { linkTarget, looksLikeAnotherAddress, readDestination, scanBareUrl } from './urls';

/** Marks nested deeper than this stay as they were typed. */
const MAX_DEPTH = 12;
/** As in Discord: deeper bullets fall to the deepest level. */
const MAX_LIST_DEPTH = 11;
/** Longer texts in square brackets are no links. */
const MAX_LABEL = 2048;
const NONE = -1;

interface Context {
  depth: number;
  /** The text begins at the start of a line. */
  lineStart: boolean;
  inQuote: boolean;
  inList: boolean;
  inEmphasis: boolean;
  inLink: boolean;
}

const TOP: Context = { depth: 0, lineStart: true, inQuote: false, inList: false, inEmphasis: false, inLink: false };

/** Discord's dialect of Markdown, in time that grows with the length of the text. Never throws. */
export function parse(text: string): Node[] {
  return parseRange(text.replace(/\r\n?/g, '\n'), TOP);
}

function parseRange(text: string, context: Context): Node[] {
  return context.depth > MAX_DEPTH ? textNodes(text) : new Scanner(text, context).run();
}

function textNodes(text: string): Node[] {
  return text === '' ? [] : [{ type: 'text', content: text }];
}

/** Most characters begin nothing; this says which ones may. */
const BEGINS_SOMETHING = new Set([...'\\`*_~|<[h@\n¯'].map((c) => c.charCodeAt(0)));

const QUOTE_REST = / *>>> ([^]*)/y;
const QUOTE_LINES = / *> [^\n]*(?:\n *> [^\n]*)*\n?/y;
const HEADING = /(#{1,3}) +([^\n]+)(?:\n|$)/y;
const SUBTEXT = /-# +([^\n]+)(?:\n|$)/y;
const CODE_LANGUAGE = /([a-z0-9_+\-.#]+)\n/iy;
const ESCAPE = /\\([^0-9A-Za-z\s])/y;
const SHRUG = '¯\\_(ツ)_/¯';

const USER = /<@!?(\d{1,20})>/y;
const ROLE = /<@&(\d{1,20})>/y;
const CHANNEL = /<#(\d{1,20})>/y;
const CUSTOM_EMOJI = /<(a)?:(\w{2,32}):(\d{1,20})>/y;
const TIMESTAMP = /<t:(-?\d{1,17})(?::([tTdDfFsSR]))?>/y;
const COMMAND = /<\/([-_'\p{L}\p{N}]{1,32}(?: [-_'\p{L}\p{N}]{1,32}){0,2}):(\d{1,20})>/uy;
const BRACKETED_URL = /<((?:https?:\/\/|mailto:)[^\s<>]{1,2048})>/iy;
const BRACKETED_MAIL = /<([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>/y;

/** One pass over one text. Each nested text has a scanner of its own, so no mark can close outside its parent. */
class Scanner {
  readonly #text: string;
  readonly #context: Context;
  readonly #out: Node[] = [];
  #plainFrom = 0;
  #at = 0;

  readonly #spoilers: Closers;
  readonly #strikes: Closers;
  readonly #fences: Closers;
  #stars: EmphasisMarks | undefined;
  #underscores: EmphasisMarks | undefined;
  #backticks: Backticks | undefined;
  #square: Map<number, number> | undefined;
  #round: Map<number, number> | undefined;

  constructor(text: string, context: Context) {
    this.#text = text;
    this.#context = context;
    this.#spoilers = new Closers(text, '||');
    this.#strikes = new Closers(text, '~~', '_');
    this.#fences = new Closers(text, '```');
  }

  run(): Node[] {
    const text = this.#text;
    if (this.#context.lineStart) this.#blocks();
    while (this.#at < text.length) {
      const unit = text.charCodeAt(this.#at);
      if (BEGINS_SOMETHING.has(unit)) {
        if (!this.#special(text[this.#at]!)) this.#at++;
      } else if (mayBeginEmoji(unit, text.charCodeAt(this.#at + 1))) {
        if (!this.#emoji()) this.#at++;
      } else {
        this.#at++;
      }
    }
    this.#flush(text.length);
    return this.#out;
  }

  /** Ends the plain text before `end`. */
  #flush(end: number): void {
    if (end > this.#plainFrom) this.#plain(this.#text.slice(this.#plainFrom, end));
    this.#plainFrom = end;
  }

  #plain(content: string): void {
    const last = this.#out.at(-1);
    if (last?.type === 'text') last.content += content;
    else this.#out.push({ type: 'text', content });
  }

  /** Takes everything up to `end` as `nodes`. */
  #take(end: number, nodes: Node | Node[]): true {
    this.#flush(this.#at);
    this.#at = this.#plainFrom = end;
    for (const node of Array.isArray(nodes) ? nodes : [nodes]) {
      if (node.type === 'text') this.#plain(node.content);
      else this.#out.push(node);
    }
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #inside(text: string, change: Partial<Context> = {}): Node[] {
    return parseRange(text, { ...this.#context, lineStart: false, depth: this.#context.depth + 1, ...change });
  }

  #special(c: string): boolean {
    switch (c) {
      case '\n':
        this.#take(this.#at + 1, { type: 'br' });
        this.#blocks();
        return true;
      case '\\': {
        const escape = this.#match(ESCAPE);
        return escape !== null && this.#take(this.#at + escape[0].length, { type: 'text', content: escape[1]! });
      }
      case '¯':
        return (
          this.#text.startsWith(SHRUG, this.#at) &&
          this.#take(this.#at + SHRUG.length, { type: 'text', content: SHRUG })
        );
      case '`':
        return this.#codeBlock() || this.#codeSpan();
      case '*':
        return this.#emphasis((this.#stars ??= new EmphasisMarks(this.#text, '*')), 'strong');
      case '_':
        return this.#emphasis((this.#underscores ??= new EmphasisMarks(this.#text, '_')), 'underline');
      case '~':
        return this.#paired('~~', this.#strikes, 'strike');
      case '|':
        return this.#paired('||', this.#spoilers, 'spoiler');
      case '<':
        return this.#angle();
      case '[':
        return this.#maskedLink();
      case 'h':
        return this.#bareUrl();
      case '@':
        return this.#broadcast('everyone') || this.#broadcast('here');
      default:
        return false;
    }
  }

  #emoji(): boolean {
    const emoji = this.#match(emojiHere);
    return emoji !== null && this.#take(this.#at + emoji[0].length, { type: 'emoji', content: emoji[0] });
  }

  // Blocks: they begin at the start of a line.

  #blocks(): void {
    while (this.#at < this.#text.length && (this.#quote() || this.#headingOrSubtext() || this.#list())) {
      // each of them ends at the start of another line
    }
  }

  #quote(): boolean {
    if (this.#context.inQuote) return false;
    const rest = this.#match(QUOTE_REST);
    if (rest) return this.#quoteOf(rest[0].length, rest[1]!);
    const lines = this.#match(QUOTE_LINES);
    if (!lines) return false;
    return this.#quoteOf(lines[0].length, lines[0].replace(/^ *> /gm, '').replace(/\n$/, ''));
  }

  #quoteOf(length: number, text: string): true {
    const content = this.#inside(text, { lineStart: true, inQuote: true });
    return this.#take(this.#at + length, { type: 'quote', content });
  }

  #headingOrSubtext(): boolean {
    const heading = this.#match(HEADING);
    if (heading && heading[2]!.trim() !== '') {
      const level = heading[1]!.length as 1 | 2 | 3;
      return this.#take(this.#at + heading[0].length, {
        type: 'heading',
        level,
        content: this.#inside(heading[2]!.trim()),
      });
    }
    const subtext = this.#match(SUBTEXT);
    if (!subtext || subtext[1]!.trim() === '') return false;
    return this.#take(this.#at + subtext[0].length, { type: 'subtext', content: this.#inside(subtext[1]!.trim()) });
  }

  #list(): boolean {
    if (this.#context.inList) return false;
    const { lines, end } = readListLines(this.#text, this.#at);
    if (lines.length === 0) return false;
    return this.#take(end, this.#lists(lines, 1));
  }

  /** Neighbours of one kind make one list; deeper lines belong to the item above them. */
  #lists(lines: ListLine[], level: number): Node[] {
    const lists: Node[] = [];
    let i = 0;
    while (i < lines.length) {
      const line = lines[i]!;
      let next = i + 1;
      if (level < MAX_LIST_DEPTH) while (next < lines.length && lines[next]!.indent > line.indent) next++;
      const item = this.#inside(line.text, { lineStart: true, inList: true });
      for (const nested of this.#lists(lines.slice(i + 1, next), level + 1)) item.push(nested);
      const last = lists.at(-1);
      if (last?.type === 'list' && last.ordered === line.ordered) last.items.push(item);
      else lists.push({ type: 'list', ordered: line.ordered, start: line.number, items: [item] });
      i = next;
    }
    return lists;
  }

  // Code

  #codeBlock(): boolean {
    if (!this.#text.startsWith('```', this.#at)) return false;
    let from = this.#at + 3;
    const close = this.#fences.after(from + 1);
    if (close === NONE) return false;
    CODE_LANGUAGE.lastIndex = from;
    const language = CODE_LANGUAGE.exec(this.#text);
    // a lone word is the code itself, not a language without code
    if (language && from + language[0].length < close) from += language[0].length;
    const content = this.#text.slice(from, close).replace(/^\n+/, '').replace(/\n+$/, '');
    if (content === '') return false;
    let end = close + 3;
    if (this.#text[end] === '\n') end++;
    const name = from > this.#at + 3 ? language![1]! : '';
    this.#take(end, { type: 'codeBlock', language: name, content });
    if (this.#text[end - 1] === '\n') this.#blocks();
    return true;
  }

  /** ``^(`+)([^]*?[^`])\1(?!`)``: the longest opening run that finds a partner. */
  #codeSpan(): boolean {
    this.#backticks ??= new Backticks(this.#text);
    let open = this.#at;
    while (this.#text[open] === '`') open++;
    for (let length = open - this.#at; length > 0; length--) {
      const close = this.#backticks.after(open, length);
      if (close === NONE) continue;
      const content = this.#text.slice(this.#at + length, close).replace(/^ (?= *`)|(` *) $/g, '$1');
      return this.#take(close + length, { type: 'code', content });
    }
    this.#at = open;
    return true;
  }

  // Pairs

  /** Of emphasis and its doubled form, the one that reaches further; emphasis on a tie. */
  #emphasis(marks: EmphasisMarks, doubled: 'strong' | 'underline'): boolean {
    const at = this.#at;
    let single = marks.single(at);
    if (this.#text[at] === '*' && /\s/.test(this.#text[at + 1] ?? ' ')) single = NONE;
    const double = marks.double(at);
    if (single === NONE && double === NONE) return false;
    if (single !== NONE && single + 1 >= double + 2) {
      const content = this.#inside(this.#text.slice(at + 1, single), { inEmphasis: true });
      // emphasis within emphasis changes nothing
      return this.#take(single + 1, this.#context.inEmphasis ? content : { type: 'em', content });
    }
    const content = this.#inside(this.#text.slice(at + 2, double));
    return this.#take(double + 2, { type: doubled, content });
  }

  #paired(mark: string, closers: Closers, type: 'strike' | 'spoiler'): boolean {
    if (!this.#text.startsWith(mark, this.#at)) return false;
    const close = closers.after(this.#at + mark.length + 1);
    if (close === NONE) return false;
    const content = this.#inside(this.#text.slice(this.#at + mark.length, close));
    return this.#take(close + mark.length, { type, content });
  }

  // Links

  #bareUrl(): boolean {
    if (this.#context.inLink) return false;
    const url = scanBareUrl(this.#text, this.#at);
    if (url === undefined) return false;
    const target = linkTarget(url);
    if (target === undefined) return false;
    return this.#take(this.#at + url.length, link('bare', target, url));
  }

  #maskedLink(): boolean {
    if (this.#context.inLink) return false;
    this.#square ??= matchBrackets(this.#text, '[', ']');
    const labelEnd = this.#square.get(this.#at);
    if (labelEnd === undefined || this.#text[labelEnd + 1] !== '(') return false;
    this.#round ??= matchBrackets(this.#text, '(', ')');
    const end = this.#round.get(labelEnd + 1);
    if (end === undefined) return false;
    const label = this.#text.slice(this.#at + 1, labelEnd);
    if (label.length > MAX_LABEL || label.trim() === '') return false;
    const destination = readDestination(this.#text.slice(labelEnd + 2, end));
    const target = destination && linkTarget(destination.address);
    // a label that shows one address and leads to another is a trap, so it stays as it was typed
    if (target === undefined || looksLikeAnotherAddress(label, target)) return false;
    return this.#take(end + 1, {
      type: 'link',
      form: 'masked',
      target,
      title: destination!.title,
      content: this.#inside(label, { inLink: true }),
    });
  }

  /** `<…>`: mentions, emoji, times, commands and addresses without a preview. */
  #angle(): boolean {
    const at = this.#at;
    let m: RegExpExecArray | null;
    if ((m = this.#match(USER))) return this.#take(at + m[0].length, { type: 'user', id: m[1]! });
    if ((m = this.#match(ROLE))) return this.#take(at + m[0].length, { type: 'role', id: m[1]! });
    if ((m = this.#match(CHANNEL))) return this.#take(at + m[0].length, { type: 'channel', id: m[1]! });
    if ((m = this.#match(CUSTOM_EMOJI))) {
      return this.#take(at + m[0].length, {
        type: 'customEmoji',
        name: m[2]!,
        id: m[3]!,
        animated: m[1] === 'a',
      });
    }
    if ((m = this.#match(TIMESTAMP))) {
      const unix = Number(m[1]);
      if (Number.isNaN(new Date(unix * 1000).getTime())) return false;
      const style = (m[2] ?? 'f') as TimestampStyle;
      return this.#take(at + m[0].length, { type: 'timestamp', unix, style });
    }
    if ((m = this.#match(COMMAND))) return this.#take(at + m[0].length, { type: 'command', name: m[1]!, id: m[2]! });
    if (this.#context.inLink) return false;
    if ((m = this.#match(BRACKETED_URL))) {
      const target = linkTarget(m[1]!);
      return target !== undefined && this.#take(at + m[0].length, link('bracketed', target, m[1]!));
    }
    if ((m = this.#match(BRACKETED_MAIL))) {
      return this.#take(at + m[0].length, link('bracketed', `mailto:${m[1]}`, m[1]!));
    }
    return false;
  }

  #broadcast(to: 'everyone' | 'here'): boolean {
    return this.#text.startsWith(to, this.#at + 1) && this.#take(this.#at + 1 + to.length, { type: to });
  }
}

function link(form: LinkForm, target: string, shown: string): Node {
  return { type: 'link', form, target, title: undefined, content: [{ type: 'text', content: shown }] };
}
