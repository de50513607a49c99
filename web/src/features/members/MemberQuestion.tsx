import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { banMember, changeMember, changeOwnNick, kickMember } from '../../api/members';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { memberName, memberPut } from '../../state/members';
import { noticeAdded } from '../../state/notices';
import { apply, store, useApp } from '../../state/store';
import { Choice } from '../../ui/Choice';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { refusal } from '../attempt';

export type MemberQuestionKind = 'kick' | 'ban' | 'timeout' | 'nick';

interface Props {
  guild: Id;
  user: Id;
  kind: MemberQuestionKind;
  onClose: () => void;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

const durations = () => [
  { id: String(MINUTE), name: t('60 seconds') },
  { id: String(5 * MINUTE), name: t('5 minutes') },
  { id: String(10 * MINUTE), name: t('10 minutes') },
  { id: String(HOUR), name: t('1 hour') },
  { id: String(DAY), name: t('1 day') },
  { id: String(7 * DAY), name: t('1 week') },
  { id: String(28 * DAY), name: t('4 weeks') },
];

const spans = () => [
  { id: '0', name: t('Nothing') },
  { id: String(HOUR), name: t('The last hour') },
  { id: String(6 * HOUR), name: t('The last 6 hours') },
  { id: String(DAY), name: t('The last 24 hours') },
  { id: String(3 * DAY), name: t('The last 3 days') },
  { id: String(7 * DAY), name: t('The last 7 days') },
];

/** What is done to a member after a word of confirmation: kick, ban, silence, rename. */
export function MemberQuestion({ guild, user, kind, onClose }: Props) {
  const name = useApp((s) => memberName(s, guild, user));
  switch (kind) {
    case 'kick':
      return <Kick guild={guild} user={user} name={name} onClose={onClose} />;
    case 'ban':
      return <Ban guild={guild} user={user} name={name} onClose={onClose} />;
    case 'timeout':
      return <Timeout guild={guild} user={user} name={name} onClose={onClose} />;
    case 'nick':
      return <Nick guild={guild} user={user} name={name} onClose={onClose} />;
  }
}

interface OneProps {
  guild: Id;
  user: Id;
  name: string;
  onClose: () => void;
}

const Reason = ({ value, onChange }: { value: string; onChange: (value: string) => void }) => (
  <Field label={t('Reason')} hint={t('Stands in the audit log.')} value={value} onChange={onChange} maxLength={400} />
);

const told = (text: string) => apply((state) => noticeAdded(state, 'info', text));

function Kick({ guild, user, name, onClose }: OneProps) {
  const [reason, setReason] = useState('');
  return (
    <Confirm
      title={t('Kick {name}?', { name })}
      action={t('Kick')}
      onClose={onClose}
      onConfirm={() =>
        refusal(async () => {
          await kickMember(guild, user, reason);
          told(t('{name} was kicked.', { name }));
        })
      }
    >
      <p>{t('They leave the server at once, and can come back with a new invite.')}</p>
      <Reason value={reason} onChange={setReason} />
    </Confirm>
  );
}

function Ban({ guild, user, name, onClose }: OneProps) {
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState('0');
  return (
    <Confirm
      title={t('Ban {name}?', { name })}
      action={t('Ban')}
      onClose={onClose}
      onConfirm={() =>
        refusal(async () => {
          await banMember(guild, user, Number(span), reason);
          told(t('{name} was banned.', { name }));
        })
      }
    >
      <p>{t('They leave the server at once and cannot come back until they are unbanned.')}</p>
      <div className="form">
        <Choice label={t('Delete their messages of')} value={span} options={spans()} onChange={setSpan} />
        <Reason value={reason} onChange={setReason} />
      </div>
    </Confirm>
  );
}

function Timeout({ guild, user, name, onClose }: OneProps) {
  const [reason, setReason] = useState('');
  const [seconds, setSeconds] = useState(String(10 * MINUTE));
  return (
    <Confirm
      title={t('Time out {name}?', { name })}
      action={t('Time out')}
      onClose={onClose}
      onConfirm={() =>
        refusal(async () => {
          const until = new Date(Date.now() + Number(seconds) * 1000).toISOString();
          const member = await changeMember(guild, user, { communication_disabled_until: until }, reason);
          apply((state) => memberPut(state, guild, member));
        })
      }
    >
      <p>{t('Until it is over they can read, but neither write nor react.')}</p>
      <div className="form">
        <RadioGroup value={seconds} onChange={setSeconds} className="choices">
          <Label className="field-label">{t('For')}</Label>
          <div className="chips">
            {durations().map((one) => (
              <Radio key={one.id} value={one.id} className="chip">
                {one.name}
              </Radio>
            ))}
          </div>
        </RadioGroup>
        <Reason value={reason} onChange={setReason} />
      </div>
    </Confirm>
  );
}

function Nick({ guild, user, name, onClose }: OneProps) {
  const [nick, setNick] = useState(() => store.getState().members[guild]?.[user]?.nick ?? '');
  const own = useApp((s) => s.me?.id === user);
  const usual = useApp((s) => memberName(s, null, user));
  return (
    <Confirm
      title={own ? t('Change your nickname') : t('Change the nickname of {name}', { name })}
      action={t('Save')}
      danger={false}
      onClose={onClose}
      onConfirm={() =>
        refusal(async () => {
          const wanted = nick.trim() || null;
          const member = await (own ? changeOwnNick(guild, wanted) : changeMember(guild, user, { nick: wanted }));
          apply((state) => memberPut(state, guild, member));
        })
      }
    >
      <Field
        label={t('Nickname')}
        hint={t('Only in this server. Empty: the usual name.')}
        placeholder={usual}
        value={nick}
        onChange={setNick}
        maxLength={32}
        autoFocus
      />
    </Confirm>
  );
}
