import { acceptFriend, removeRelationship, requestFriend } from '../../api/relationships';
import { RelationshipType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { relationshipType } from '../../state/relationships';
import { noticeAdded } from '../../state/notices';
import { apply, store } from '../../state/store';
import { nameOf } from '../../state/users';
import type { MenuEntry } from '../../ui/Menu';
import { attempt } from '../attempt';

/** What one can do about one's relation to somebody, as menu entries. Dangerous ones ask first through `ask`. */
export function relationEntries(id: Id, ask: (question: 'remove' | 'block') => void): MenuEntry[] {
  const state = store.getState();
  const name = nameOf(state, id);
  const user = state.users[id];
  if (id === state.me?.id || user?.system) return [];
  const block: MenuEntry = { label: t('Block'), icon: 'block', danger: true, onAction: () => ask('block') };
  switch (relationshipType(state, id)) {
    case RelationshipType.Friend:
      return [{ label: t('Remove friend'), icon: 'close', danger: true, onAction: () => ask('remove') }, block];
    case RelationshipType.Incoming:
      return [
        { label: t('Accept friend request'), icon: 'check', onAction: () => void attempt(() => acceptFriend(id)) },
        { label: t('Decline friend request'), icon: 'close', onAction: () => void attempt(() => removeRelationship(id)) },
        block,
      ];
    case RelationshipType.Outgoing:
      return [
        { label: t('Cancel friend request'), icon: 'close', onAction: () => void attempt(() => removeRelationship(id)) },
        block,
      ];
    case RelationshipType.Blocked:
      return [{ label: t('Unblock'), icon: 'check', onAction: () => void attempt(() => removeRelationship(id)) }];
    default:
      return [
        ...(user && !user.bot
          ? [
              {
                label: t('Add friend'),
                icon: 'addUser',
                onAction: () =>
                  void attempt(() => requestFriend(user.username)).then((worked) => {
                    if (worked) apply((s) => noticeAdded(s, 'info', t('Friend request sent to {name}.', { name })));
                  }),
              } as MenuEntry,
            ]
          : []),
        block,
      ];
  }
}
