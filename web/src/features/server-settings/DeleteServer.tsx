import { useState } from 'react';
import { deleteGuild } from '../../api/guilds';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { guildGone } from '../../state/guilds';
import { apply, useApp } from '../../state/store';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { refusal } from '../attempt';
import { goAwayFrom } from '../servers/LeaveServer';

interface Props {
  guild: Id;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteServer({ guild, onClose, onDeleted }: Props) {
  const name = useApp((s) => s.guilds[guild]?.name ?? '');
  const [typed, setTyped] = useState('');
  return (
    <Confirm
      title={t('Delete {name}?', { name })}
      action={t('Delete server')}
      onClose={onClose}
      onConfirm={async () => {
        if (typed.trim() !== name) return t('That is not the name of the server.');
        return refusal(async () => {
          await deleteGuild(guild);
          onDeleted();
          goAwayFrom(guild);
          apply((state) => guildGone(state, guild, false));
        });
      }}
    >
      <p>{t('All channels and messages are gone for everybody. This cannot be undone.')}</p>
      <Field label={t('Type the name of the server to confirm')} value={typed} onChange={setTyped} autoComplete="off" autoFocus />
    </Confirm>
  );
}
