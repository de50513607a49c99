export type { LinkForm, Node, TimestampStyle } from './ast';
export { Markdown, type MarkdownProps } from './Markdown';
export { parse } from './parse';
export { plainText, type Names } from './plain-text';
