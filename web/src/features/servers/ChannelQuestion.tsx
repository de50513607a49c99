import { lazy, Suspense } from 'react';
import type { Id } from '../../api/types';
import { store } from '../../state/store';
import type { ChannelAct } from './channelEntries';
import { CreateChannel } from './CreateChannel';
import { DeleteChannel } from './DeleteChannel';
import { InvitePeople } from './InvitePeople';

const ChannelSettings = lazy(() => import('./ChannelSettings').then((m) => ({ default: m.ChannelSettings })));

interface Props {
  id: Id;
  act: ChannelAct;
  onClose: () => void;
}

/** Whatever the menu of a channel opens. */
export function ChannelQuestion({ id, act, onClose }: Props) {
  switch (act) {
    case 'invite':
      return <InvitePeople channel={id} onClose={onClose} />;
    case 'edit':
      return (
        <Suspense fallback={null}>
          <ChannelSettings id={id} onClose={onClose} />
        </Suspense>
      );
    case 'delete':
      return <DeleteChannel id={id} onClose={onClose} />;
    case 'create':
      return <CreateChannel guild={store.getState().channels[id]?.guildId ?? ''} category={false} parent={id} onClose={onClose} />;
  }
}
