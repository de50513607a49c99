import { deleteChannel } from '../../api/channels';
import { ChannelType, type Id } from '../../api/types';
import { route } from '../../app/route';
import { t } from '../../i18n';
import { channelRemoved } from '../../state/channels';
import { apply, store, useApp } from '../../state/store';
import { Confirm } from '../../ui/Confirm';
import { refusal } from '../attempt';
import { openServer } from './goToChannel';

export function DeleteChannel({ id, onClose, onDeleted }: { id: Id; onClose: () => void; onDeleted?: () => void }) {
  const name = useApp((s) => s.channels[id]?.name ?? '');
  const category = useApp((s) => s.channels[id]?.type === ChannelType.Category);
  return (
    <Confirm
      title={t('Delete {name}?', { name })}
      action={t('Delete')}
      onClose={onClose}
      onConfirm={() =>
        refusal(async () => {
          const guild = store.getState().channels[id]?.guildId;
          await deleteChannel(id);
          apply((state) => channelRemoved(state, id));
          const here = route();
          if (guild && here.page === 'conversation' && here.channel === id) openServer(guild, true);
          onDeleted?.();
        })
      }
    >
      <p>
        {category
          ? t('Its channels stay, without a category.')
          : t('All its messages are gone for everybody. This cannot be undone.')}
      </p>
    </Confirm>
  );
}
