import type { Message } from '../../api/types';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { goToChannel } from '../servers/goToChannel';

const HAS_THREAD = 32;

/** The thread that hangs on a message; it has the message's id. */
export function ThreadLink({ message }: { message: Message }) {
  const known = useApp((s) => s.channels[message.id]);
  const told = message.thread;
  if (!known?.thread && !told && ((message.flags ?? 0) & HAS_THREAD) === 0) return null;
  const name = known?.name ?? told?.name;
  const count = Math.max(known?.thread?.messageCount ?? 0, told?.message_count ?? 0);
  if (!name) return null;
  return (
    <button
      type="button"
      className="thread-link"
      onClick={() => {
        goToChannel(message.id);
      }}
      disabled={!known}
    >
      <Icon name="thread" size={17} />
      <strong>{name}</strong>
      <span>{t('{count, plural, =0 {Open thread} one {# message} other {# messages}}', { count })}</span>
      {known?.thread?.archived ? <span className="thread-closed">{t('closed')}</span> : null}
    </button>
  );
}
