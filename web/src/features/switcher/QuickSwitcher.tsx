import { useMemo } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Label,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { ChannelType, RelationshipType, type Id } from '../../api/types';
import { goFriends, goTo } from '../../app/route';
import { t } from '../../i18n';
import { channelName, channelTree, directChannelWith, holdsText, orderedChannels } from '../../state/channels';
import { chosenFolders, orderedGuilds } from '../../state/folders';
import { isMarked, isUnread, unreadCount, unreadOverview } from '../../state/readState';
import { relationsOf } from '../../state/relationships';
import { store } from '../../state/store';
import { nameOf } from '../../state/users';
import { Badge } from '../../ui/Badge';
import { Icon } from '../../ui/Icon';
import { GroupAvatar } from '../dms/GroupAvatar';
import { openDirect } from '../people/openDirect';
import { ChannelIcon } from '../servers/ChannelIcon';
import { goToChannel, openServer } from '../servers/goToChannel';
import { ServerIcon } from '../servers/ServerIcon';
import { UserAvatar } from '../people/UserAvatar';
import './switcher.css';

interface Place {
  id: string;
  name: string;
  detail: string;
  user?: Id;
  group?: Id;
  server?: Id;
  channelType?: number;
  bold?: boolean;
  unread: number;
  go: () => void;
}

/** Everywhere one can go, what waits to be read first. */
function places(): Place[] {
  const state = store.getState();
  const order = orderedChannels(state.channels);
  const conversations = [...order.filter((id) => isUnread(state, id)), ...order.filter((id) => !isUnread(state, id))];
  const result = conversations.flatMap((id): Place[] => {
    const channel = state.channels[id];
    if (!channel) return [];
    const other = channel.type === ChannelType.Dm ? channel.recipients[0] : undefined;
    return [
      {
        id,
        name: channelName(state, channel),
        detail: other
          ? (state.users[other]?.username ?? '')
          : t('{count, plural, one {# member} other {# members}}', { count: channel.recipients.length + 1 }),
        ...(other ? { user: other } : { group: id }),
        unread: unreadCount(state, id),
        go: () => goTo(id),
      },
    ];
  });
  const servers = orderedGuilds(state.guilds, chosenFolders(state));
  const marks = unreadOverview(state).guilds;
  const channels = servers
    .flatMap((guild) => channelTree(state.channels, guild).flatMap((group) => group.channels))
    .concat(Object.values(state.channels).filter((c) => c.thread?.joined && !c.thread.archived))
    .filter(holdsText)
    .map((channel): Place => ({
      id: channel.id,
      name: channel.name ?? '',
      detail: state.guilds[channel.guildId ?? '']?.name ?? '',
      channelType: channel.type,
      unread: unreadCount(state, channel.id),
      bold: isMarked(state, channel.id),
      go: () => goToChannel(channel.id),
    }));
  const rooms = servers.map((guild): Place => ({
    id: `g${guild}`,
    name: state.guilds[guild]?.name ?? '',
    detail: t('Server'),
    server: guild,
    unread: marks[guild]?.mentions ?? 0,
    go: () => openServer(guild),
  }));
  const waiting = (place: Place) => place.unread > 0 || place.bold === true;
  const strangers = relationsOf(state, RelationshipType.Friend).filter((id) => !directChannelWith(state, id));
  return [
    // Who was called comes first, then what is unread, then everything in the order of the page.
    ...channels.filter((place) => place.unread > 0),
    ...result.slice(0, order.filter((id) => isUnread(state, id)).length),
    ...channels.filter((place) => place.unread === 0 && waiting(place)),
    ...result.slice(order.filter((id) => isUnread(state, id)).length),
    ...rooms,
    ...channels.filter((place) => !waiting(place)),
    ...strangers.map((id) => ({
      id: `u${id}`,
      name: nameOf(state, id),
      detail: state.users[id]?.username ?? '',
      user: id,
      unread: 0,
      go: () => void openDirect(id),
    })),
    { id: 'friends', name: t('Friends'), detail: '', unread: 0, go: goFriends },
  ];
}

export function QuickSwitcher({ onClose }: { onClose: () => void }) {
  const all = useMemo(places, []);
  const { contains } = useFilter({ sensitivity: 'base' });
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className="overlay switcher-overlay"
    >
      <Modal className="modal">
        <Dialog aria-label={t('Go to')} className="dialog switcher">
          <Autocomplete filter={contains}>
            <SearchField autoFocus className="switcher-field">
              <Label className="visually-hidden">{t('Where do you want to go?')}</Label>
              <Icon name="search" />
              <Input className="switcher-input" placeholder={t('Where do you want to go?')} />
            </SearchField>
            <Menu
              aria-label={t('Places')}
              className="switcher-list"
              items={all}
              onAction={(key) => {
                onClose();
                all.find((place) => place.id === key)?.go();
              }}
              renderEmptyState={() => <p className="list-empty">{t('Nothing of that name.')}</p>}
            >
              {(place) => (
                <MenuItem id={place.id} textValue={`${place.name} ${place.detail}`} className="switcher-row">
                  {place.user ? (
                    <UserAvatar id={place.user} size={32} presence />
                  ) : place.group ? (
                    <GroupAvatar id={place.group} size={32} />
                  ) : place.server ? (
                    <ServerIcon id={place.server} size={32} />
                  ) : place.channelType !== undefined ? (
                    <span className="switcher-icon">
                      <ChannelIcon type={place.channelType} size={22} />
                    </span>
                  ) : (
                    <span className="switcher-icon">
                      <Icon name="friends" />
                    </span>
                  )}
                  <span className={place.bold ? 'switcher-name is-unread' : 'switcher-name'}>{place.name}</span>
                  <span className="switcher-detail">{place.detail}</span>
                  <Badge count={place.unread} label={t('{count} unread', { count: place.unread })} />
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
