import { explain } from './errors';
import { noticeAdded } from '../state/notices';
import { apply } from '../state/store';

/** Runs an act that has no place of its own to show a refusal. Answers whether it worked. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    apply((state) => noticeAdded(state, 'error', explain(error)));
    return false;
  }
}

/** Runs an act whose form shows the refusal itself. */
export async function refusal(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return explain(error);
  }
}
