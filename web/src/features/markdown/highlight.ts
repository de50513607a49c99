import hljs from 'highlight.js/lib/core';
import type { Emitter, HLJSOptions, LanguageFn } from 'highlight.js';

/** Code with the kinds of its parts, to be drawn as elements: text never passes through markup. */
export type Token = string | { kind: string; children: Token[] };

/** Longer code stays uncoloured: nobody reads it in a chat, and it would hold up the page. */
const MAX_LENGTH = 20_000;

type Load = () => Promise<{ default: LanguageFn }>;

const LANGUAGES: Record<string, { aliases: string[]; load: Load }> = {
  bash: { aliases: ['sh', 'shell', 'zsh', 'console'], load: () => import('highlight.js/lib/languages/bash') },
  c: { aliases: ['h'], load: () => import('highlight.js/lib/languages/c') },
  cpp: { aliases: ['c++', 'cc', 'hpp', 'cxx'], load: () => import('highlight.js/lib/languages/cpp') },
  csharp: { aliases: ['cs', 'c#'], load: () => import('highlight.js/lib/languages/csharp') },
  css: { aliases: [], load: () => import('highlight.js/lib/languages/css') },
  diff: { aliases: ['patch'], load: () => import('highlight.js/lib/languages/diff') },
  dockerfile: { aliases: ['docker'], load: () => import('highlight.js/lib/languages/dockerfile') },
  go: { aliases: ['golang'], load: () => import('highlight.js/lib/languages/go') },
  ini: { aliases: ['toml'], load: () => import('highlight.js/lib/languages/ini') },
  java: { aliases: [], load: () => import('highlight.js/lib/languages/java') },
  javascript: { aliases: ['js', 'jsx', 'mjs', 'cjs'], load: () => import('highlight.js/lib/languages/javascript') },
  json: { aliases: ['jsonc'], load: () => import('highlight.js/lib/languages/json') },
  kotlin: { aliases: ['kt', 'kts'], load: () => import('highlight.js/lib/languages/kotlin') },
  lua: { aliases: [], load: () => import('highlight.js/lib/languages/lua') },
  markdown: { aliases: ['md'], load: () => import('highlight.js/lib/languages/markdown') },
  php: { aliases: [], load: () => import('highlight.js/lib/languages/php') },
  powershell: { aliases: ['ps', 'ps1', 'pwsh'], load: () => import('highlight.js/lib/languages/powershell') },
  python: { aliases: ['py'], load: () => import('highlight.js/lib/languages/python') },
  ruby: { aliases: ['rb'], load: () => import('highlight.js/lib/languages/ruby') },
  rust: { aliases: ['rs'], load: () => import('highlight.js/lib/languages/rust') },
  sql: { aliases: [], load: () => import('highlight.js/lib/languages/sql') },
  swift: { aliases: [], load: () => import('highlight.js/lib/languages/swift') },
  typescript: { aliases: ['ts', 'tsx', 'mts', 'cts'], load: () => import('highlight.js/lib/languages/typescript') },
  xml: { aliases: ['html', 'svg', 'xhtml', 'vue'], load: () => import('highlight.js/lib/languages/xml') },
  yaml: { aliases: ['yml'], load: () => import('highlight.js/lib/languages/yaml') },
};

const NAMES = new Map(
  Object.entries(LANGUAGES).flatMap(([name, { aliases }]) => [name, ...aliases].map((alias) => [alias, name] as const)),
);

/** Collects highlight.js's events as a tree, where the library's own emitter would write markup. */
class TokenTree implements Emitter {
  readonly root: Token[] = [];
  readonly #open: Token[][] = [this.root];

  // the library makes one emitter a run and hands it its options
  constructor(readonly options: HLJSOptions) {}

  addText(text: string): void {
    if (text === '') return;
    const children = this.#open.at(-1)!;
    const last = children.length - 1;
    if (typeof children[last] === 'string') children[last] += text;
    else children.push(text);
  }

  startScope(scope: string): void {
    const node = { kind: scope.split('.')[0]!, children: [] };
    this.#open.at(-1)!.push(node);
    this.#open.push(node.children);
  }

  endScope(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  // the library itself still calls the two by their older names

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: TokenTree): void {
    for (const token of emitter.root) this.#open.at(-1)!.push(token);
  }

  finalize(): void {
    this.#open.length = 1;
  }

  /** The library asks for markup; nobody reads the answer. */
  toHTML(): string {
    return '';
  }
}

hljs.configure({ __emitter: TokenTree } as Partial<HLJSOptions>);

/** The coloured code, or undefined when the language is not known. */
export async function highlight(code: string, language: string): Promise<Token[] | undefined> {
  const name = NAMES.get(language.toLowerCase());
  if (name === undefined || code.length > MAX_LENGTH) return undefined;
  if (!hljs.getLanguage(name)) hljs.registerLanguage(name, (await LANGUAGES[name]!.load()).default);
  const result = hljs.highlight(code, { language: name, ignoreIllegals: true });
  if (result.errorRaised) return undefined;
  return (result._emitter as unknown as TokenTree).root;
}
