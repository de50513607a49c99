import { t } from '../../i18n';
import { UserAvatar } from '../people/UserAvatar';
import type { Autocomplete } from './useAutocomplete';

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
              {s.userId ? <UserAvatar id={s.userId} size={24} presence /> : <span className="suggestion-emoji">{s.emoji}</span>}
              <span className="suggestion-label">{s.label}</span>
              <span className="suggestion-detail">{s.detail}</span>
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}
