import { logout } from '../../api/auth';
import { disconnect, end } from '../../app/session';
import { store } from '../../state/store';
import { forgetDrafts } from '../conversation/drafts';
import { forgetAll } from '../send/outbox';

/** Whatever the server says, this device forgets the account, its drafts and what it has not sent. */
export async function logOut(): Promise<void> {
  const me = store.getState().me;
  disconnect();
  await logout().catch(() => {});
  if (me) await forgetAll(me.id);
  forgetDrafts();
  end(null);
}
