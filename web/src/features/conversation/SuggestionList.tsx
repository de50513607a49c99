import { t } from '../../i18n';
import { UserAvatar } from '../people/UserAvatar';
import { ChannelIcon } from '../servers/ChannelIcon';
import { cssColor, RoleDot } from '../servers/RoleDot';
import type { Autocomplete, Suggestion } from './useAutocomplete';

function Picture({ suggestion: s }: { suggestion: Suggestion }) {
  if (s.userId) return <UserAvatar id={s.userId} size={24} presence />;
  if (s.kind === 'channel') return <ChannelIcon type={s.channelType ?? 0} size={20} />;
  if (s.kind === 'role') {
    return (
      <span className="suggestion-emoji">
        <RoleDot color={s.color ?? 0} />
      </span>
    );
  }
  if (s.picture) return <img className="suggestion-picture" src={s.picture} alt="" />;
  return <span className="suggestion-emoji">{s.emoji}</span>;
}

export function SuggestionList({ auto }: { auto: Autocomplete }) {
  return (
    <>
      <div role="status" className="visually-hidden">
        {auto.open
          ? t('{count, plural, one {# suggestion} other {# suggestions}}, use the arrow keys', {
              count: auto.suggestions.length,
            })
          : ''}
      </div>
      {auto.open ? (
        <div className="suggestions" role="listbox" id={auto.listId} aria-label={t('Suggestions')}>
          {auto.suggestions.map((s, index) => (
            <div
              key={s.key}
              id={`${auto.listId}-${index}`}
              role="option"
              aria-selected={index === auto.active}
              className={index === auto.active ? 'suggestion is-active' : 'suggestion'}
              onPointerMove={() => auto.setActive(index)}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => auto.choose(s)}
            >
              <Picture suggestion={s} />
              <span className="suggestion-label" style={s.color ? { color: cssColor(s.color) } : undefined}>
                {s.label}
              </span>
              <span className="suggestion-detail">{s.detail}</span>
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}
