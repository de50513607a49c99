import { useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { memberColor, memberName } from '../../state/members';
import { store } from '../../state/store';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { UserAvatar } from '../people/UserAvatar';
import { cssColor } from '../servers/RoleDot';
import { useMemberSearch } from './useMemberSearch';

interface Props {
  guild: Id;
  title: string;
  exclude?: (user: Id) => boolean;
  onPick: (user: Id) => void;
  onClose: () => void;
}

/** One member of a server, found by name. */
export function PickMember({ guild, title, exclude, onPick, onClose }: Props) {
  const [query, setQuery] = useState('');
  const found = useMemberSearch(guild, query).filter((id) => !exclude?.(id));
  const state = store.getState();
  return (
    <Dialog title={title} open narrow onClose={onClose}>
      <Field
        label={t('Search members')}
        hideLabel
        placeholder={t('Search members')}
        value={query}
        onChange={setQuery}
        autoFocus
        after={<Icon name="search" size={18} />}
      />
      <ListBox
        aria-label={t('Members')}
        className="pick-list"
        items={found.map((id) => ({ id, name: memberName(state, guild, id), username: state.users[id]?.username ?? '' }))}
        onAction={(key) => onPick(String(key))}
        renderEmptyState={() => <p className="list-empty">{t('Nobody of that name.')}</p>}
      >
        {(one) => (
          <ListBoxItem id={one.id} textValue={one.name} className="pick-row">
            <UserAvatar id={one.id} size={32} presence />
            <span className="pick-name">
              <span style={{ color: cssColor(memberColor(state, guild, one.id)) }}>{one.name}</span>{' '}
              <span className="pick-username">{one.username}</span>
            </span>
          </ListBoxItem>
        )}
      </ListBox>
    </Dialog>
  );
}
