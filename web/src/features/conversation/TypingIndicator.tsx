import type { Id } from '../../api/types';
import { t } from '../../i18n';
import type { TypingEntry } from '../../state/model';
import { useApp } from '../../state/store';
import { memberName } from '../../state/members';
import { useGuild } from './place';

const nobody: TypingEntry[] = [];

export function TypingIndicator({ channelId }: { channelId: Id }) {
  const typing = useApp((s) => s.typing[channelId] ?? nobody);
  const guild = useGuild();
  const names = useApp((s) =>
    typing
      .filter((entry) => s.relationships[entry.userId]?.type !== 2)
      .map((entry) => memberName(s, guild, entry.userId))
      .join('\n'),
  );
  const list = names === '' ? [] : names.split('\n');
  const [a = '', b = '', c = ''] = list;
  const sentence =
    list.length === 0
      ? ''
      : list.length === 1
        ? t('{a} is typing…', { a })
        : list.length === 2
          ? t('{a} and {b} are typing…', { a, b })
          : list.length === 3
            ? t('{a}, {b} and {c} are typing…', { a, b, c })
            : t('Several people are typing…');
  return (
    <div className="typing" role="status" aria-live="polite">
      {sentence ? (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className="typing-text">{sentence}</span>
        </>
      ) : null}
    </div>
  );
}
