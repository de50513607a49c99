import { useCallback, useEffect, useState } from 'react';
import { listSessions, revokeSessions } from '../../api/sessions';
import type { AuthSession } from '../../api/types';
import { t } from '../../i18n';
import { ago } from '../../i18n/time';
import { useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { refusal } from '../attempt';
import { explain } from '../errors';

function nameOf(session: AuthSession): string {
  const { os, platform, client } = session.client_info;
  return [platform ?? client, os].filter(Boolean).join(' · ') || t('Unknown device');
}

export function Devices() {
  const own = useApp((s) => s.sessionHash);
  const [sessions, setSessions] = useState<AuthSession[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<AuthSession[] | null>(null);

  const load = useCallback(async () => {
    try {
      setSessions((await listSessions()).user_sessions);
      setProblem(null);
    } catch (error) {
      setProblem(explain(error));
    }
  }, []);
  useEffect(() => void load(), [load]);

  if (problem) {
    return (
      <p role="alert" className="form-error">
        {problem}
      </p>
    );
  }
  if (!sessions) return <Spinner />;
  const current = sessions.filter((s) => s.id_hash === own);
  const others = sessions.filter((s) => s.id_hash !== own);
  return (
    <>
      <p className="settings-lead">
        {t('Every device on which you are logged in. Log out what you do not know, and change your password then.')}
      </p>
      <h3 className="settings-sub">{t('This device')}</h3>
      <ul className="card rows device-list">
        {current.map((s) => (
          <Device key={s.id_hash} session={s} own />
        ))}
      </ul>
      <h3 className="settings-sub">{t('Other devices — {count}', { count: others.length })}</h3>
      {others.length > 0 ? (
        <>
          <ul className="card rows device-list">
            {others.map((s) => (
              <Device key={s.id_hash} session={s} onRevoke={() => setRevoking([s])} />
            ))}
          </ul>
          <Button tone="danger-quiet" onPress={() => setRevoking(others)}>
            {t('Log out all other devices')}
          </Button>
        </>
      ) : (
        <p className="settings-lead">{t('You are not logged in anywhere else.')}</p>
      )}
      {revoking ? (
        <Confirm
          title={revoking.length > 1 ? t('Log out all other devices?') : t('Log out this device?')}
          action={t('Log out')}
          onClose={() => setRevoking(null)}
          onConfirm={() =>
            refusal(async () => {
              for (let i = 0; i < revoking.length; i += 64) {
                await revokeSessions(revoking.slice(i, i + 64).map((s) => s.id_hash));
              }
              await load();
            })
          }
        >
          <p>{revoking.length > 1 ? t('They have to log in again.') : nameOf(revoking[0]!)}</p>
        </Confirm>
      ) : null}
    </>
  );
}

function Device({ session, own, onRevoke }: { session: AuthSession; own?: boolean; onRevoke?: () => void }) {
  const mobile = /android|ios/i.test(session.client_info.os ?? '');
  const name = nameOf(session);
  return (
    <li className="setting-row">
      <span className="device-icon">
        <Icon name={mobile ? 'phone' : 'device'} size={22} />
      </span>
      <div className="device-text">
        <div className="setting-value">{name}</div>
        <div className="setting-label">
          {own ? t('In use now') : t('Last used {ago}', { ago: ago(session.approx_last_used_time) })}
          {session.client_info.location ? ` · ${session.client_info.location}` : ''}
        </div>
      </div>
      {onRevoke ? <IconButton icon="close" label={t('Log out {name}', { name })} onPress={onRevoke} /> : null}
    </li>
  );
}
