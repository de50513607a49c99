import { lazy, Suspense } from 'react';
import type { Id } from '../../api/types';
import { useApp } from '../../state/store';
import { MemberQuestion } from '../members/MemberQuestion';
import { CreateChannel } from './CreateChannel';
import { channelToOpen } from './goToChannel';
import { InvitePeople } from './InvitePeople';
import { LeaveServer } from './LeaveServer';
import { NotifyDialog } from './NotifyDialog';
import type { ServerAct } from './serverEntries';

const ServerSettings = lazy(() => import('../server-settings/ServerSettings').then((m) => ({ default: m.ServerSettings })));

/** Whatever the menu of a server opens. */
export function ServerDialogs({ guild, act, onClose }: { guild: Id; act: ServerAct; onClose: () => void }) {
  const me = useApp((s) => s.me?.id ?? '');
  switch (act) {
    case 'invite': {
      const channel = channelToOpen(guild);
      return channel ? <InvitePeople channel={channel} onClose={onClose} /> : null;
    }
    case 'settings':
      return (
        <Suspense fallback={null}>
          <ServerSettings guild={guild} onClose={onClose} />
        </Suspense>
      );
    case 'channel':
    case 'category':
      return <CreateChannel guild={guild} category={act === 'category'} parent={null} onClose={onClose} />;
    case 'nick':
      return <MemberQuestion guild={guild} user={me} kind="nick" onClose={onClose} />;
    case 'notify':
      return <NotifyDialog guild={guild} onClose={onClose} />;
    case 'leave':
      return <LeaveServer id={guild} onClose={onClose} />;
  }
}
