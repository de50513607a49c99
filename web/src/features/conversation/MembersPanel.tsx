import { useMemo } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { changeGroup, removeRecipient } from '../../api/channels';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { isOnline } from '../../state/relationships';
import { store, useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { IconButton } from '../../ui/Button';
import { Drawer } from '../../ui/Drawer';
import { Icon } from '../../ui/Icon';
import { MenuButton, type MenuEntry } from '../../ui/Menu';
import { attempt } from '../attempt';
import { statusLine } from '../people/statusText';
import { UserAvatar } from '../people/UserAvatar';
import { UserPopout } from '../people/UserPopout';

const none: Id[] = [];

export function MembersPanel({ channelId, onClose }: { channelId: Id; onClose: () => void }) {
  const me = useApp((s) => s.me?.id ?? '');
  const recipients = useApp((s) => s.channels[channelId]?.recipients ?? none);
  const owner = useApp((s) => s.channels[channelId]?.ownerId);
  const users = useApp((s) => s.users);
  const presences = useApp((s) => s.presences);
  const [online, offline] = useMemo(() => {
    const state = { ...store.getState(), users, presences };
    const all = [me, ...recipients].sort((a, b) => nameOf(state, a).localeCompare(nameOf(state, b)));
    const here = (id: Id) => (id === me ? state.status !== 'invisible' : isOnline(state, id));
    return [all.filter(here), all.filter((id) => !here(id))];
  }, [me, recipients, users, presences]);
  const group = (title: string, ids: Id[]) =>
    ids.length > 0 ? (
      <section>
        <h2 className="list-title">{title}</h2>
        <ul className="members-list">
          {ids.map((id) => (
            <Member key={id} id={id} channelId={channelId} owner={owner === id} mayManage={owner === me && id !== me} />
          ))}
        </ul>
      </section>
    ) : null;
  return (
    <Drawer label={t('Members')} className="members" onClose={onClose}>
      <div className="members-head drawer-head">
        <h2>{t('Members')}</h2>
        <IconButton icon="close" label={t('Close members')} onPress={onClose} />
      </div>
      {group(t('Online — {count}', { count: online.length }), online)}
      {group(t('Offline — {count}', { count: offline.length }), offline)}
    </Drawer>
  );
}

function Member({ id, channelId, owner, mayManage }: { id: Id; channelId: Id; owner: boolean; mayManage: boolean }) {
  const name = useApp((s) => nameOf(s, id));
  const presence = useApp((s) => s.presences[id]);
  const entries: MenuEntry[] = [
    { label: t('Make owner'), icon: 'crown', onAction: () => void attempt(() => changeGroup(channelId, { owner: id })) },
    {
      label: t('Remove from group'),
      icon: 'leave',
      danger: true,
      onAction: () => void attempt(() => removeRecipient(channelId, id)),
    },
  ];
  return (
    <li className="member-row">
      <UserPopout id={id} placement="left top">
        <AriaButton className="member">
          <UserAvatar id={id} size={32} presence />
          <span className="member-text">
            <span className="member-name">
              {name}
              {owner ? (
                <span className="member-owner" title={t('Owner of the group')}>
                  <Icon name="crown" size={14} />
                  <span className="visually-hidden">{t('Owner of the group')}</span>
                </span>
              ) : null}
            </span>
            {presence && presence.activities.length > 0 ? <span className="person-line">{statusLine(presence)}</span> : null}
          </span>
        </AriaButton>
      </UserPopout>
      {mayManage ? (
        <MenuButton label={t('Manage {name}', { name })} entries={entries}>
          <IconButton icon="more" size={18} label={t('Manage {name}', { name })} />
        </MenuButton>
      ) : null}
    </li>
  );
}
