import { leaveGuild } from '../../api/guilds';
import type { Id } from '../../api/types';
import { go, route } from '../../app/route';
import { t } from '../../i18n';
import { guildGone } from '../../state/guilds';
import { apply, useApp } from '../../state/store';
import { Confirm } from '../../ui/Confirm';
import { refusal } from '../attempt';

/** Before the server is forgotten, so that the page never shows a place that is no more. */
export function goAwayFrom(guild: Id): void {
  const here = route();
  if ((here.page === 'server' || here.page === 'conversation') && here.guild === guild) go({ page: 'home' });
}

export function LeaveServer({ id, onClose }: { id: Id; onClose: () => void }) {
  const name = useApp((s) => s.guilds[id]?.name ?? '');
  return (
    <Confirm
      title={t('Leave {name}?', { name })}
      action={t('Leave server')}
      onClose={onClose}
      onConfirm={() =>
        refusal(async () => {
          await leaveGuild(id);
          goAwayFrom(id);
          apply((state) => guildGone(state, id, false));
        })
      }
    >
      <p>{t('You cannot come back unless somebody invites you again. What you wrote stays.')}</p>
    </Confirm>
  );
}
