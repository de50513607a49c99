import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { channelName } from '../../state/channels';
import { useApp } from '../../state/store';
import { Confirm } from '../../ui/Confirm';
import { refusal } from '../attempt';
import { closeNow } from './closeChannel';

export function LeaveGroup({ id, onClose }: { id: Id; onClose: () => void }) {
  const name = useApp((s) => (s.channels[id] ? channelName(s, s.channels[id]) : ''));
  return (
    <Confirm
      title={t('Leave {name}?', { name })}
      action={t('Leave group')}
      onClose={onClose}
      onConfirm={() => refusal(() => closeNow(id))}
    >
      <p>{t('You will not see this conversation any more unless a member adds you again.')}</p>
    </Confirm>
  );
}
