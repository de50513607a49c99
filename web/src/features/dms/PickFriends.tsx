import { useMemo, useState } from 'react';
import { ListBox, ListBoxItem, type Selection } from 'react-aria-components';
import { RelationshipType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { relationsOf } from '../../state/relationships';
import { store, useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { UserAvatar } from '../people/UserAvatar';

interface Props {
  chosen: Id[];
  onChange: (chosen: Id[]) => void;
  exclude?: Id[];
  max: number;
}

/** A list of friends to tick. */
export function PickFriends({ chosen, onChange, exclude = [], max }: Props) {
  const relationships = useApp((s) => s.relationships);
  const [query, setQuery] = useState('');
  const candidates = useMemo(() => {
    const state = { ...store.getState(), relationships };
    const wanted = query.trim().toLowerCase();
    return relationsOf(state, RelationshipType.Friend)
      .filter((id) => !exclude.includes(id) && !state.users[id]?.bot)
      .map((id) => ({ id, name: nameOf(state, id), username: state.users[id]?.username ?? '' }))
      .filter((f) => chosen.includes(f.id) || f.name.toLowerCase().includes(wanted) || f.username.includes(wanted));
  }, [relationships, query, exclude, chosen]);
  const full = chosen.length >= max;
  return (
    <div className="pick">
      <Field
        label={t('Search friends')}
        hideLabel
        placeholder={t('Search friends')}
        value={query}
        onChange={setQuery}
        autoFocus
        after={<Icon name="search" size={18} />}
      />
      <ListBox
        aria-label={t('Friends')}
        className="pick-list"
        items={candidates}
        selectionMode="multiple"
        selectionBehavior="toggle"
        selectedKeys={chosen}
        disabledKeys={full ? candidates.filter((f) => !chosen.includes(f.id)).map((f) => f.id) : []}
        onSelectionChange={(keys: Selection) => {
          if (keys !== 'all') onChange([...keys].map(String).slice(0, max));
        }}
        renderEmptyState={() => <p className="list-empty">{t('No friend to choose.')}</p>}
      >
        {(friend) => (
          <ListBoxItem id={friend.id} textValue={friend.name} className="pick-row">
            <UserAvatar id={friend.id} size={32} presence />
            <span className="pick-name">
              {friend.name} <span className="pick-username">{friend.username}</span>
            </span>
            <span className="pick-box" aria-hidden="true">
              <Icon name="check" size={15} />
            </span>
          </ListBoxItem>
        )}
      </ListBox>
      <p className="pick-count">
        {full
          ? t('That is everybody who fits.')
          : t('{count, plural, one {You can add # more.} other {You can add # more.}}', { count: max - chosen.length })}
      </p>
    </div>
  );
}
