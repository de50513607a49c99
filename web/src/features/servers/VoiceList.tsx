import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { memberName } from '../../state/members';
import { useApp } from '../../state/store';
import { inVoice } from '../../state/voice';
import { Icon } from '../../ui/Icon';
import { UserAvatar } from '../people/UserAvatar';

/** Those in a voice channel, under it. There is no sound, so there is nothing to press. */
export function VoiceList({ guild, channel }: { guild: Id; channel: Id }) {
  // As text: it is drawn anew only if somebody comes, goes or is called otherwise.
  const users = useApp((s) => inVoice(s, guild, channel).join(' ')).split(' ').filter(Boolean);
  if (users.length === 0) return null;
  return (
    <li className="voice-list">
      <ul aria-label={t('In this voice channel')}>
        {users.map((user) => (
          <VoiceRow key={user} guild={guild} user={user} />
        ))}
      </ul>
    </li>
  );
}

function VoiceRow({ guild, user }: { guild: Id; user: Id }) {
  const name = useApp((s) => memberName(s, guild, user));
  const muted = useApp((s) => s.voice[guild]?.[user]?.muted ?? false);
  const deafened = useApp((s) => s.voice[guild]?.[user]?.deafened ?? false);
  return (
    <li className="voice-row">
      <UserAvatar id={user} size={20} />
      <span className="channel-name">{name}</span>
      {muted ? (
        <span className="channel-mute" role="img" aria-label={t('Muted')} title={t('Muted')}>
          <Icon name="muted" size={14} />
        </span>
      ) : null}
      {deafened ? (
        <span className="channel-mute" role="img" aria-label={t('Deafened')} title={t('Deafened')}>
          <Icon name="deafened" size={14} />
        </span>
      ) : null}
    </li>
  );
}
