import { changeSettings } from '../../api/settings';
import type { Status } from '../../api/types';
import { announcePresence } from '../../app/session';
import { apply } from '../../state/store';
import { attempt } from '../attempt';

/** Shows at once on this device and is remembered for the others. */
export async function setStatus(status: Status): Promise<void> {
  apply((state) => ({ status, settings: { ...state.settings, status } }));
  announcePresence(status);
  await attempt(() => changeSettings({ status }));
}
