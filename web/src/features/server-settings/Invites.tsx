import { listGuildInvites, revokeInvite } from '../../api/invites';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { fullTime, messageTime } from '../../i18n/time';
import { displayName } from '../../state/users';
import { IconButton } from '../../ui/Button';
import { copyText } from '../../ui/clipboard';
import { attempt } from '../attempt';
import { inviteUrl } from '../servers/InvitePeople';
import { Loaded } from './Loaded';
import { useLoaded } from './useLoaded';

export function Invites({ guild }: { guild: Id }) {
  const { value, setValue, problem } = useLoaded(guild, () => listGuildInvites(guild));
  return (
    <>
      <p className="settings-lead">{t('Links that let people in. Whoever has one can use it until it ends.')}</p>
      <Loaded
        problem={problem}
        loading={value === null}
        empty={value?.length === 0}
        icon="link"
        title={t('No invites')}
        hint={t('Invite people from the menu of the server or of a channel.')}
      >
        <ul className="card rows" aria-label={t('Invites')}>
          {value?.map((invite) => (
            <li key={invite.code} className="setting-row">
              <div className="device-text">
                <div className="setting-value">
                  <code>{invite.code}</code> {invite.channel ? <span className="invite-channel">#{invite.channel.name}</span> : null}
                </div>
                <div className="setting-label">
                  {[
                    invite.inviter ? t('by {name}', { name: displayName(invite.inviter) }) : null,
                    invite.max_uses
                      ? t('{uses} of {max} uses', { uses: invite.uses ?? 0, max: invite.max_uses })
                      : t('{count, plural, one {# use} other {# uses}}', { count: invite.uses ?? 0 }),
                    invite.expires_at ? t('until {time}', { time: messageTime(invite.expires_at) }) : t('does not expire'),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </div>
              </div>
              <span className="row-acts" title={invite.created_at ? fullTime(invite.created_at) : undefined}>
                <IconButton icon="copy" label={t('Copy the link {code}', { code: invite.code })} onPress={() => void copyText(inviteUrl(invite.code))} />
                <IconButton
                  icon="trash"
                  tone="danger"
                  label={t('Revoke {code}', { code: invite.code })}
                  onPress={() =>
                    void attempt(() => revokeInvite(invite.code)).then((worked) => {
                      if (worked) setValue((old) => old?.filter((one) => one.code !== invite.code) ?? null);
                    })
                  }
                />
              </span>
            </li>
          ))}
        </ul>
      </Loaded>
    </>
  );
}
