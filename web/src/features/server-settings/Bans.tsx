import { useState } from 'react';
import { listBans, unban } from '../../api/members';
import type { Ban, Id } from '../../api/types';
import { t } from '../../i18n';
import { displayName } from '../../state/users';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { attempt } from '../attempt';
import { Loaded } from './Loaded';
import { useLoaded } from './useLoaded';

const PAGE = 200;

export function Bans({ guild }: { guild: Id }) {
  const { value, setValue, problem } = useLoaded(guild, () => listBans(guild, undefined, PAGE));
  const [query, setQuery] = useState('');
  const [more, setMore] = useState(true);
  const wanted = query.trim().toLowerCase();
  const shown = (value ?? []).filter((ban: Ban) => `${displayName(ban.user)} ${ban.user.username}`.toLowerCase().includes(wanted));
  return (
    <Loaded
      problem={problem}
      loading={value === null}
      empty={value?.length === 0}
      icon="hammer"
      title={t('Nobody is banned')}
      hint={t('Whoever is banned cannot come back until somebody lifts the ban here.')}
    >
      <Field
        label={t('Search bans')}
        hideLabel
        placeholder={t('Search bans')}
        value={query}
        onChange={setQuery}
        after={<Icon name="search" size={18} />}
      />
      <ul className="card rows member-rows" aria-label={t('Bans')}>
        {shown.map(({ user, reason }) => (
          <li key={user.id} className="setting-row">
            <Avatar seed={user.id} name={displayName(user)} size={40} image={user.avatar ? `/avatars/${user.id}/${user.avatar}.png?size=128` : null} />
            <div className="device-text">
              <div className="setting-value">
                {displayName(user)} <span className="pick-username">{user.username}</span>
              </div>
              <div className="setting-label">{reason || t('No reason was given.')}</div>
            </div>
            <Button
              small
              aria-label={t('Unban {name}', { name: displayName(user) })}
              onPress={() =>
                void attempt(() => unban(guild, user.id)).then((worked) => {
                  if (worked) setValue((old) => old?.filter((one) => one.user.id !== user.id) ?? null);
                })
              }
            >
              {t('Unban')}
            </Button>
          </li>
        ))}
        {shown.length === 0 ? <li className="list-empty">{t('Nobody of that name.')}</li> : null}
      </ul>
      {value && value.length > 0 && value.length % PAGE === 0 && more ? (
        <Button
          wide
          onPress={() =>
            void attempt(async () => {
              const page = await listBans(guild, value.at(-1)?.user.id, PAGE);
              setMore(page.length === PAGE);
              setValue((old) => [...(old ?? []), ...page]);
            })
          }
        >
          {t('Show more')}
        </Button>
      ) : null}
    </Loaded>
  );
}
