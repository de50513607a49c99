import { memo, useMemo, useState, type ReactNode } from 'react';
import { t } from '../../i18n';
import { fullTime } from '../../i18n/time';
import type { Node } from './ast';
import { CodeBlock } from './CodeBlock';
import { CustomEmoji } from './CustomEmoji';
import { isTrusted, LeaveDialog } from './LeaveDialog';
import './markdown.css';
import { parse } from './parse';
import type { Names } from './plain-text';
import { Spoiler } from './Spoiler';
import { Timestamp } from './Timestamp';
import { realHost } from './urls';

/** A message of nothing but this many emoji shows them large; more would only be noise. */
const MAX_JUMBO = 27;

export interface MarkdownProps {
  text: string;
  users: NonNullable<Names['users']>;
  channels: NonNullable<Names['channels']>;
  roles?: Names['roles'];
  onMention?: ((kind: 'user' | 'channel', id: string) => void) | undefined;
  /** When the text was last changed, or just that it was. */
  edited?: string | boolean | null | undefined;
}

/** A message's text as people read it. Builds elements only: nothing in a message can become markup. */
export const Markdown = memo(function Markdown({ text, users, channels, roles, onMention, edited }: MarkdownProps) {
  const nodes = useMemo(() => parse(text), [text]);
  const [leaving, setLeaving] = useState<string>();
  const draw = (list: Node[]): ReactNode[] => list.map(drawOne);

  const mention = (kind: 'user' | 'channel', id: string, shown: string) =>
    onMention ? (
      <button type="button" className="md-mention" onClick={() => onMention(kind, id)}>
        {shown}
      </button>
    ) : (
      <span className="md-mention">{shown}</span>
    );

  const drawOne = (node: Node, key: number): ReactNode => {
    switch (node.type) {
      case 'text':
        return node.content;
      case 'br':
        return <br key={key} />;
      case 'strong':
        return <strong key={key}>{draw(node.content)}</strong>;
      case 'em':
        return <em key={key}>{draw(node.content)}</em>;
      case 'underline':
        return <u key={key}>{draw(node.content)}</u>;
      case 'strike':
        return <s key={key}>{draw(node.content)}</s>;
      case 'spoiler':
        return <Spoiler key={key}>{draw(node.content)}</Spoiler>;
      case 'quote':
        return <blockquote key={key}>{draw(node.content)}</blockquote>;
      case 'heading':
        return (
          // the page's own headings come before those that people write
          <div key={key} role="heading" aria-level={node.level + 3} className={`md-heading md-heading-${node.level}`}>
            {draw(node.content)}
          </div>
        );
      case 'subtext':
        return (
          <div key={key} className="md-subtext">
            {draw(node.content)}
          </div>
        );
      case 'list': {
        const items = node.items.map((item, i) => <li key={i}>{draw(item)}</li>);
        return node.ordered ? (
          <ol key={key} start={node.start}>
            {items}
          </ol>
        ) : (
          <ul key={key}>{items}</ul>
        );
      }
      case 'code':
        return <code key={key}>{node.content}</code>;
      case 'codeBlock':
        return <CodeBlock key={key} code={node.content} language={node.language} />;
      case 'link':
        return (
          <a
            key={key}
            href={node.target}
            target="_blank"
            rel="noopener noreferrer nofollow"
            title={node.form === 'masked' ? [node.title, realHost(node.target)].filter(Boolean).join(' — ') : undefined}
            onClick={(event) => {
              if (node.form !== 'masked' || isTrusted(node.target)) return;
              event.preventDefault();
              setLeaving(node.target);
            }}
          >
            {draw(node.content)}
          </a>
        );
      case 'user': {
        const user = users(node.id);
        return <span key={key}>{mention('user', node.id, `@${user ? user.global_name || user.username : t('unknown user')}`)}</span>;
      }
      case 'channel':
        return <span key={key}>{mention('channel', node.id, `#${channels(node.id)?.name ?? t('unknown channel')}`)}</span>;
      case 'role': {
        const role = roles?.(node.id);
        const color = role?.color ? `#${role.color.toString(16).padStart(6, '0')}` : undefined;
        return (
          <span
            key={key}
            className={color ? 'md-mention md-mention-role' : 'md-mention'}
            style={color ? { ['--role-color' as string]: color } : undefined}
          >
            @{role?.name ?? t('unknown role')}
          </span>
        );
      }
      case 'everyone':
      case 'here':
        return (
          <span key={key} className="md-mention">
            @{node.type}
          </span>
        );
      case 'command':
        return (
          <span key={key} className="md-mention">
            /{node.name}
          </span>
        );
      case 'customEmoji':
        return <CustomEmoji key={key} name={node.name} id={node.id} animated={node.animated} />;
      case 'emoji':
        return (
          <span key={key} className="md-emoji">
            {node.content}
          </span>
        );
      case 'timestamp':
        return <Timestamp key={key} unix={node.unix} style={node.style} />;
    }
  };

  return (
    <div className={isEmojiMessage(nodes) ? 'md md-jumbo' : 'md'}>
      {draw(nodes)}
      {edited ? (
        <span className="md-edited" title={typeof edited === 'string' ? fullTime(edited) : undefined}>
          {' '}
          {t('(edited)')}
        </span>
      ) : null}
      {leaving === undefined ? null : <LeaveDialog target={leaving} onClose={() => setLeaving(undefined)} />}
    </div>
  );
});

function isEmojiMessage(nodes: Node[]): boolean {
  let count = 0;
  for (const node of nodes) {
    if (node.type === 'emoji' || node.type === 'customEmoji') count++;
    else if (node.type !== 'br' && !(node.type === 'text' && node.content.trim() === '')) return false;
  }
  return count > 0 && count <= MAX_JUMBO;
}
