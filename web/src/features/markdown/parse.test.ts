// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { parse as parseReference } from 'discord-markdown-parser';
import type { Node } from './ast';
import { parse } from './parse';

/*
 * Against discord-markdown-parser, the package that reads what Discord's own client reads. Both trees are brought to
 * one shape first. Where we differ on purpose, the case stands in "on purpose" below with its reason.
 */

type Plain = string | { [kind: string]: unknown };

interface ReferenceNode {
  type: string;
  content?: string | ReferenceNode[];
  [key: string]: unknown;
}

function merge(nodes: Plain[]): Plain[] {
  const merged: Plain[] = [];
  for (const node of nodes) {
    if (typeof node === 'string' && typeof merged.at(-1) === 'string') merged[merged.length - 1] += node;
    else if (node !== '') merged.push(node);
  }
  return merged;
}

const REFERENCE_NAMES: Record<string, string> = { underline: 'underline', strikethrough: 'strike', blockQuote: 'quote' };

function fromReference(nodes: ReferenceNode[]): Plain[] {
  const plain = merge(
    nodes.map((node): Plain => {
      const name = REFERENCE_NAMES[node.type] ?? node.type;
      switch (node.type) {
        case 'text':
          return node.content as string;
        case 'br':
          return { br: true };
        case 'inlineCode':
          return { code: node.content };
        case 'codeBlock':
          return { codeBlock: node.content, language: node.lang };
        case 'heading':
          return { heading: fromReference(node.content as ReferenceNode[]), level: node.level };
        case 'link':
        case 'url':
        case 'autolink':
          return { link: node.target, content: fromReference(node.content as ReferenceNode[]) };
        case 'user':
        case 'role':
        case 'channel':
          return { [name]: node.id };
        case 'everyone':
        case 'here':
          return { [name]: true };
        case 'emoji':
          return { customEmoji: node.name, id: node.id, animated: node.animated };
        case 'twemoji':
          return { emoji: node.name };
        case 'timestamp':
          return { timestamp: Number(node.timestamp), style: node.format ?? 'f' };
        case 'slashCommand':
          return { command: node.fullName, id: node.id };
        default:
          return { [name]: fromReference(node.content as ReferenceNode[]) };
      }
    }),
  );
  // a block ends its line by itself: the newline after a code block and at the end of a quote draws nothing
  return plain.filter((node, i) => {
    const before = plain[i - 1];
    return !(isBreak(node) && typeof before === 'object' && 'codeBlock' in before);
  });
}

const isBreak = (node: Plain | undefined) => typeof node === 'object' && 'br' in node;

function withoutQuoteEnds(nodes: Plain[]): Plain[] {
  return nodes.map((node) => {
    if (typeof node === 'string' || !Array.isArray(node.quote)) return node;
    const content = node.quote as Plain[];
    return { quote: isBreak(content.at(-1)) ? content.slice(0, -1) : content };
  });
}

function fromOurs(nodes: Node[]): Plain[] {
  return merge(
    nodes.map((node): Plain => {
      switch (node.type) {
        case 'text':
          return node.content;
        case 'br':
          return { br: true };
        case 'code':
          return { code: node.content };
        case 'codeBlock':
          return { codeBlock: node.content, language: node.language };
        case 'heading':
          return { heading: fromOurs(node.content), level: node.level };
        case 'link':
          return { link: node.target, content: fromOurs(node.content) };
        case 'user':
        case 'role':
        case 'channel':
          return { [node.type]: node.id };
        case 'everyone':
        case 'here':
          return { [node.type]: true };
        case 'customEmoji':
          return { customEmoji: node.name, id: node.id, animated: node.animated };
        case 'emoji':
          return { emoji: node.content };
        case 'timestamp':
          return { timestamp: node.unix, style: node.style };
        case 'command':
          return { command: node.name, id: node.id };
        case 'list':
          return { list: node.items.map(fromOurs), ordered: node.ordered, start: node.start };
        default:
          return { [node.type]: fromOurs(node.content) };
      }
    }),
  );
}

const ours = (text: string) => fromOurs(parse(text));
const reference = (text: string) => withoutQuoteEnds(fromReference(parseReference(text, 'extended') as ReferenceNode[]));

const ID = '175928847299117063';

describe('agrees with discord-markdown-parser', () => {
  const same = [
    // nothing at all
    '',
    'plain',
    'two  spaces stay',
    'a * b * c',
    '2 * 3 = 6 and 3*2',
    'CJK 你好，世界 and ümläuts',
    'trailing\n',
    'a\nb',
    'a\n\nb',
    // emphasis
    '*a*',
    '_a_',
    '**a**',
    '__a__',
    '***a***',
    '___a___',
    '**a *b* c**',
    '*a **b** c*',
    '*a __b__ c*',
    '__a **b** c__',
    '**a\nb**',
    'snake_case_name',
    'snake_case_',
    '_a_b_',
    '_a _ b_',
    '*a *b* c*',
    '*a _b_ c*',
    '**a',
    'a**',
    '*a',
    '**a*',
    '*a**',
    '** a **',
    '*a *',
    'a*b*c',
    'a**b**c',
    '**a** and **b**',
    '*a* *b*',
    '**a *b***',
    '***a** b*',
    '***a* b**',
    '__*a*__',
    '_**a**_',
    '**bold _and italic_**',
    '~~a~~',
    '~~a ~~b~~',
    '~~a~~_',
    '~a~',
    '~~**a**~~',
    '||a||',
    '||a|b||',
    '||a',
    '||**a**||',
    '**||a||**',
    '||a\nb||',
    '~~||__***a***__||~~',
    // code
    '`a`',
    '``a`b``',
    '`a',
    '`a``',
    '``a`',
    '`` ` ``',
    '`**a**`',
    '**`a`**',
    '`a\nb`',
    '```a```',
    '```js\na\n```',
    '```js\nconst a = `b`;\n\nc\n```',
    '```\na\n```',
    '```\n\n  a\n```',
    '```c++\nint a;\n```',
    'x ```a``` y',
    '```a',
    'x\n```\na\n```\ny',
    '**```a```**',
    // quotes
    '> a',
    '> a\n> b',
    '> a\nb',
    'a\n> b',
    'a\n> b\nc',
    '>a',
    '> > a',
    '>>> a\nb\n\nc',
    'x\n>>> a\nb',
    '> **a**',
    '> a\n\n> b',
    'a > b',
    // headings and subtext
    '# a',
    '## a',
    '### a',
    '#### a',
    '#a',
    '# a\nb',
    'a\n# b',
    '# **a** *b*',
    'a # b',
    '-# a',
    '-# a\nb',
    '-#a',
    // links
    'https://example.org',
    'see https://example.org/a?b=c&d=e#f now',
    'https://example.org.',
    'https://example.org, and',
    '(https://example.org)',
    '<https://example.org>',
    '**https://example.org**',
    '||https://example.org||',
    'https://example.org/snake_case_path',
    '[a](https://example.org)',
    '[**a**](https://example.org)',
    '[a [b] c](https://example.org)',
    '[a](https://example.org "title")',
    '[a](b',
    '[a]',
    '[a] (https://example.org)',
    'x [a](https://example.org/b) y [c](http://example.com)',
    'http://',
    'https:// x',
    // mentions
    `<@${ID}>`,
    `<@!${ID}>`,
    `<@&${ID}>`,
    `<#${ID}>`,
    `hi <@${ID}>, see <#${ID}>!`,
    `**<@${ID}>**`,
    '@everyone',
    '@here look',
    '@nobody',
    '<@abc>',
    '<@>',
    // emoji
    `<:wave:${ID}>`,
    `<a:wave_2:${ID}>`,
    `<:a:${ID}>`,
    '<:wave:>',
    '😀',
    'a 😀 b',
    '👍🏽',
    '👩‍💻',
    '🇩🇪',
    '1️⃣',
    '❤️',
    ':smile:',
    '5 apples #1 *2',
    // timestamps
    '<t:1618953630>',
    '<t:1618953630:R>',
    '<t:1618953630:d>',
    '<t:-1618953630:F>',
    '<t:1618953630:x>',
    '<t:>',
    // commands
    `</ping:${ID}>`,
    `</admin user ban:${ID}>`,
    // escapes
    '\\*a\\*',
    '\\**a**',
    '\\_a_',
    '\\\\*a*',
    '\\`a`',
    '\\||a||',
    '\\> a',
    '\\# a',
    '\\a',
    '*a\\* b*',
    '**a\\** b**',
    '\\',
    '¯\\_(ツ)_/¯',
    '\\<@1>',
  ];
  it.each(same)('%j', (text) => {
    expect(ours(text)).toEqual(reference(text));
  });
});

describe('differs from discord-markdown-parser on purpose', () => {
  it('knows lists, which that package lacks', () => {
    expect(ours('- a\n- b')).toEqual([{ list: [['a'], ['b']], ordered: false, start: 1 }]);
    expect(ours('* a')).toEqual([{ list: [['a']], ordered: false, start: 1 }]);
    expect(ours('3. a\n4. **b**')).toEqual([{ list: [['a'], [{ strong: ['b'] }]], ordered: true, start: 3 }]);
  });

  it('nests lists by indentation, and lets an item go on in indented lines', () => {
    expect(ours('- a\n  - b\n    1. c\n- d')).toEqual([
      {
        list: [
          [
            'a',
            { list: [['b', { list: [['c']], ordered: true, start: 1 }]], ordered: false, start: 1 },
          ],
          ['d'],
        ],
        ordered: false,
        start: 1,
      },
    ]);
    expect(ours('- a\n  more\nend')).toEqual([
      { list: [['a', { br: true }, 'more']], ordered: false, start: 1 },
      'end',
    ]);
  });

  it('ends a list at an empty line or at text, and begins one only on a line of its own', () => {
    expect(ours('- a\n\n- b')).toEqual([
      { list: [['a']], ordered: false, start: 1 },
      { br: true },
      { list: [['b']], ordered: false, start: 1 },
    ]);
    expect(ours('x - a')).toEqual(['x - a']);
    expect(ours('x\n- a')).toEqual(['x', { br: true }, { list: [['a']], ordered: false, start: 1 }]);
    expect(ours('- ')).toEqual(['- ']);
  });

  it('keeps a code block of several lines inside its list item', () => {
    expect(ours('- a ```js\nlet b;\n```\n- c')).toEqual([
      { list: [['a ', { codeBlock: 'let b;', language: 'js' }], ['c']], ordered: false, start: 1 },
    ]);
  });

  it('stops deeper bullets at eleven levels', () => {
    const text = Array.from({ length: 40 }, (_, i) => `${'  '.repeat(i)}- ${i}`).join('\n');
    let depth = 0;
    let nodes = parse(text);
    for (;;) {
      const list = nodes.find((node) => node.type === 'list');
      if (list?.type !== 'list') break;
      depth++;
      nodes = list.items[0]!;
    }
    expect(depth).toBe(11);
    expect(JSON.stringify(ours(text))).toContain('"39"');
  });

  it('keeps balanced brackets of an address, as Discord itself does', () => {
    expect(ours('https://example.org/a_(b) c')).toEqual([
      { link: 'https://example.org/a_(b)', content: ['https://example.org/a_(b)'] },
      ' c',
    ]);
    expect(ours('[a](https://example.org/a_(b))')).toEqual([
      { link: 'https://example.org/a_(b)', content: ['a'] },
    ]);
  });

  it('links only to web pages and mail', () => {
    for (const address of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', '/path', 'x']) {
      expect(ours(`[a](${address})`).some((node) => typeof node === 'object' && 'link' in node)).toBe(false);
      expect(ours(`<${address}>`).some((node) => typeof node === 'object' && 'link' in node)).toBe(false);
    }
    expect(ours('[a](mailto:a@example.org)')).toEqual([{ link: 'mailto:a@example.org', content: ['a'] }]);
    expect(ours('<a@example.org>')).toEqual([{ link: 'mailto:a@example.org', content: ['a@example.org'] }]);
    expect(ours('[a](<https://example.org>)')).toEqual([{ link: 'https://example.org', content: ['a'] }]);
  });

  it('does not mask a link whose text shows another address', () => {
    expect(parse('[https://bank.example](https://evil.example)')[0]).toMatchObject({ type: 'text' });
    expect(parse('[www.bank.example/login](https://evil.example)')[0]).toMatchObject({ type: 'text' });
    expect(ours('[https://example.org/long](https://example.org/x)')).toEqual([
      { link: 'https://example.org/x', content: ['https://example.org/long'] },
    ]);
  });

  it('puts no link into a link', () => {
    expect(ours('[see https://example.org](https://example.org/x)')).toEqual([
      { link: 'https://example.org/x', content: ['see https://example.org'] },
    ]);
  });

  it('leaves marks without content as they are', () => {
    for (const text of ['****', '____', '*****', '******', '_____', '**', '||||', '~~~~', '``', '``````']) {
      expect(ours(text)).toEqual([text]);
    }
  });

  it('reads ids of any length, the two newer timestamp styles, and Windows line ends', () => {
    expect(ours('<@1> <#22>')).toEqual([{ user: '1' }, ' ', { channel: '22' }]);
    expect(ours('<t:1:s><t:1:S>')).toEqual([
      { timestamp: 1, style: 's' },
      { timestamp: 1, style: 'S' },
    ]);
    expect(ours('a\r\nb')).toEqual(['a', { br: true }, 'b']);
  });

  it('leaves a time beyond the calendar as it is', () => {
    expect(ours('<t:99999999999999999>')).toEqual(['<t:99999999999999999>']);
  });

  it('takes a word alone in a fence for the code, not for its language', () => {
    expect(ours('```js\n```')).toEqual([{ codeBlock: 'js', language: '' }]);
  });

  it('leaves text-style symbols alone', () => {
    expect(ours('© 2026 ™ ↔')).toEqual(['© 2026 ™ ↔']);
  });
});

describe('what links carry', () => {
  it('tells the three forms apart', () => {
    const forms = (text: string) => parse(text).map((node) => (node.type === 'link' ? node.form : node.type));
    expect(forms('https://example.org')).toEqual(['bare']);
    expect(forms('<https://example.org>')).toEqual(['bracketed']);
    expect(forms('[a](https://example.org)')).toEqual(['masked']);
  });
  it('keeps the title', () => {
    expect(parse('[a](https://example.org "b c")')[0]).toMatchObject({ title: 'b c' });
  });
});

/** Milliseconds of work, whatever else the machine is busy with. */
function work(task: () => void): number {
  const { process } = globalThis as unknown as { process: { cpuUsage: (since?: object) => { user: number } } };
  const before = process.cpuUsage();
  task();
  return process.cpuUsage(before).user / 1000;
}

describe('hostile text', () => {
  const n = 100_000;
  const hostile: Record<string, string> = {
    stars: '*'.repeat(n),
    'stars and letters': '*a'.repeat(n / 2),
    'open strong': '**a '.repeat(n / 4),
    'open emphasis': '*a '.repeat(n / 3),
    'mixed openers': '*a **b __c _d ~~e ||f '.repeat(n / 22),
    underscores: '_'.repeat(n),
    'open underscores': '_a __b '.repeat(n / 7),
    pipes: '||'.repeat(n / 2),
    tildes: '~~_'.repeat(n / 3),
    backticks: '`'.repeat(n),
    'growing backticks': Array.from({ length: 400 }, (_, i) => '`'.repeat(i + 1) + 'a').join(''),
    'code fences': '```a'.repeat(n / 4),
    'list of fences': '- ```\n'.repeat(n / 6),
    brackets: '['.repeat(n),
    'bracket pairs': '['.repeat(n / 2) + ']'.repeat(n / 2),
    'open links': '[a]('.repeat(n / 4),
    'nested links': '[a](http://'.repeat(n / 12) + ')'.repeat(n / 12),
    'broken nested links': '[a](http://'.repeat(n / 12) + ' x' + ')'.repeat(n / 12),
    'lying links': '['.repeat(n / 14) + '](http://x1)'.repeat(n / 14),
    urls: 'https://'.repeat(n / 8),
    'dotted url': 'https://' + '.'.repeat(n),
    'short urls': 'https://a '.repeat(n / 10),
    quotes: '> '.repeat(10_000),
    'quote lines': '> a\n'.repeat(n / 4),
    'deep block quotes': '>>> '.repeat(n / 4),
    bullets: '- '.repeat(n / 2),
    'bullet lines': '- a\n'.repeat(n / 4),
    'alternating lists': '- a\n1. b\n'.repeat(n / 9),
    'deepening list': Array.from({ length: 400 }, (_, i) => ' '.repeat(i) + '- a').join('\n'),
    headings: '# a\n'.repeat(n / 4),
    'hash marks': '#'.repeat(n),
    newlines: '\n'.repeat(n),
    'emphasised newlines': `*_a${'\n'.repeat(n)}b_*`,
    spaces: ' '.repeat(n),
    backslashes: '\\'.repeat(n),
    'angle brackets': '<'.repeat(n),
    'open mentions': '<@1'.repeat(n / 3),
    'open urls in brackets': '<http://'.repeat(n / 8),
    mails: '<' + 'a.'.repeat(n / 2) + '@',
    'nested marks': '**__~~||*_'.repeat(n / 20) + 'a' + '_*||~~__**'.repeat(n / 20),
    emoji: '👩‍💻'.repeat(n / 10),
    joiners: '\u200d'.repeat(n),
    'regional indicators': '🇩'.repeat(n / 4),
    'lone surrogates': '\ud83d'.repeat(n),
    keycaps: '1\ufe0f'.repeat(n / 2),
    everyone: '@everyone'.repeat(n / 9),
  };

  it.each(Object.keys(hostile))('%s', (name) => {
    const text = hostile[name]!;
    parse(text.slice(0, 1000)); // compiled before it is timed
    const spent = work(() => parse(text));
    // the usual figure is under 20 ms; quadratic work on texts of this size takes many seconds
    expect(spent).toBeLessThan(400);
  });

  it('takes time in proportion to the text', () => {
    const time = (text: string) => {
      let best = Infinity;
      for (let i = 0; i < 5; i++) best = Math.min(best, work(() => parse(text)));
      return best;
    };
    for (const part of ['**a ', '*a ', '||', '[a](', '`a``', '_a ~~b ']) {
      const ratio = () => {
        const small = time(part.repeat(8_000));
        return time(part.repeat(80_000)) / Math.max(small, 1);
      };
      // Ten if it is in proportion, a hundred if it is not; a busy machine may collect its garbage in the longer one alone.
      expect(Math.min(ratio(), ratio(), ratio()), part).toBeLessThan(60);
    }
  });

  it('bounds the depth of what it returns', () => {
    const deep = '**a __b '.repeat(5_000) + ' c__ d**'.repeat(5_000);
    const depth = (nodes: Node[]): number =>
      1 + nodes.reduce((most, node) => Math.max(most, 'content' in node && Array.isArray(node.content) ? depth(node.content) : 0), 0);
    expect(depth(parse(deep))).toBeLessThan(20);
  });
});

describe('arbitrary text', () => {
  // a fixed seed: a failure can be repeated
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1664525 + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  }
  const pieces = [
    '*', '**', '***', '_', '__', '~~', '||', '`', '``', '```', '\n', ' ', '\\', '> ', '>>> ', '# ', '-# ', '- ', '1. ',
    '[', '](', ')', '<', '>', 'https://example.org', '<@1>', '<t:1:R>', '@everyone', '😀', 'a', 'bc', 'é', '(', '"', 'js\n',
  ];

  /** Everything that a reader sees, marks left out. */
  function letters(nodes: Node[]): string {
    return nodes
      .map((node) => {
        switch (node.type) {
          case 'list':
            return node.items.map(letters).join('');
          case 'link':
          case 'heading':
          case 'strong':
          case 'em':
          case 'underline':
          case 'strike':
          case 'spoiler':
          case 'quote':
          case 'subtext':
            return letters(node.content);
          case 'text':
          case 'code':
          case 'codeBlock':
            return node.content;
          default:
            return '';
        }
      })
      .join('');
  }

  it('never throws, never loses or repeats a word, and gives the same tree twice', () => {
    const next = random(20_261);
    for (let round = 0; round < 3_000; round++) {
      let text = '';
      const words: string[] = [];
      for (let i = 0; i < 24; i++) {
        if (next() < 0.35) {
          const word = `w${round}x${i}z`;
          words.push(word);
          text += word;
        } else {
          text += pieces[Math.floor(next() * pieces.length)]!;
        }
      }
      const nodes = parse(text);
      expect(parse(text)).toEqual(nodes);
      const seen = JSON.stringify(nodes);
      for (const word of words) {
        // a word may also be an address, a title or the name of a language; it must be somewhere
        expect(seen.includes(word), `${word} of ${JSON.stringify(text)}`).toBe(true);
      }
      const shown = letters(nodes);
      for (const word of words) expect(shown.split(word).length, text).toBeLessThanOrEqual(2);
    }
  });
});
