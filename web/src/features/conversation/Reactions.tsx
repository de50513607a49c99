import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { listReactions } from '../../api/reactions';
import type { Message, Reaction } from '../../api/types';
import { t } from '../../i18n';
import { memberName } from '../../state/members';
import { can, Permission } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { withUsers } from '../../state/users';
import { Icon } from '../../ui/Icon';
import { Tooltip } from '../../ui/Tooltip';
import { CustomEmoji } from '../markdown/CustomEmoji';
import { useActs } from './acts';
import { toggleReaction } from './react';

const SHOWN = 4;

/** "Ada, Grace and 3 others". */
function sentence(names: string[], total: number): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, total > SHOWN ? SHOWN - 1 : SHOWN);
  const others = total - shown.length;
  const list = [...shown, ...(others > 0 ? [t('{count, plural, one {# other} other {# others}}', { count: others })] : [])];
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(list);
}

function Chip({ message, reaction }: { message: Message; reaction: Reaction }) {
  const [who, setWho] = useState<string | null>(null);
  const shown = reaction.emoji.id ? `:${reaction.emoji.name ?? ''}:` : (reaction.emoji.name ?? '');
  const glyph = reaction.emoji.id ? (
    <CustomEmoji name={reaction.emoji.name ?? ''} id={reaction.emoji.id} animated={reaction.emoji.animated ?? false} />
  ) : (
    shown
  );
  const may = useApp((s) => reaction.me || can(s, message.channel_id, Permission.ReadHistory));
  const load = async (open: boolean) => {
    if (!open) return;
    try {
      const users = await listReactions(message.channel_id, message.id, reaction.emoji);
      apply((state) => ({ users: withUsers(state.users, users) }));
      const state = store.getState();
      const names = users.map((u) => (u.id === state.me?.id ? t('You') : memberName(state, state.channels[message.channel_id]?.guildId, u.id)));
      setWho(sentence(names, Math.max(reaction.count, names.length)));
    } catch {
      setWho(null);
    }
  };
  return (
    <Tooltip
      delay={300}
      onOpenChange={(open) => void load(open)}
      text={
        <span className="reaction-tip">
          <span className="reaction-tip-emoji">{glyph}</span>
          {who ? t('{names} reacted', { names: who }) : t('{count, plural, one {# reaction} other {# reactions}}', { count: reaction.count })}
        </span>
      }
    >
      <AriaButton
        className={reaction.me ? 'reaction is-mine' : 'reaction'}
        aria-pressed={reaction.me}
        aria-label={t('{emoji}, {count, plural, one {# reaction} other {# reactions}}', {
          emoji: shown,
          count: reaction.count,
        })}
        onPress={() => {
          if (may) void toggleReaction(message, reaction.emoji);
        }}
      >
        <span className="reaction-emoji">{glyph}</span>
        <span className="reaction-count">{reaction.count}</span>
      </AriaButton>
    </Tooltip>
  );
}

export function Reactions({ message }: { message: Message }) {
  const acts = useActs();
  const more = useApp((s) => can(s, message.channel_id, Permission.AddReactions));
  if (!message.reactions?.length) return null;
  return (
    <div className="reactions" role="group" aria-label={t('Reactions')}>
      {message.reactions.map((reaction) => (
        <Chip key={reaction.emoji.id ?? reaction.emoji.name} message={message} reaction={reaction} />
      ))}
      {more ? (
        <AriaButton
          className="reaction reaction-add"
          aria-label={t('Add reaction')}
          onPress={(event) => acts.pickReaction(message, event.target)}
        >
          <Icon name="smile" size={17} />
        </AriaButton>
      ) : null}
    </div>
  );
}
