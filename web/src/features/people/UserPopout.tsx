import { useEffect, useState, type ReactElement } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { getProfile } from '../../api/users';
import { RelationshipType, type Id, type Profile } from '../../api/types';
import { t } from '../../i18n';
import { longDay } from '../../i18n/time';
import { idTime } from '../../state/ids';
import { relationshipType } from '../../state/relationships';
import { useApp } from '../../state/store';
import { memberName } from '../../state/members';
import { memberEntries } from '../members/memberEntries';
import { MemberRoles } from '../members/MemberRoles';
import { Button, IconButton } from '../../ui/Button';
import { MenuButton, type MenuEntry } from '../../ui/Menu';
import { copyText } from '../../ui/clipboard';
import { Markdown } from '../markdown';
import { openDirect } from './openDirect';
import { relationEntries } from './relationEntries';
import { RelationQuestion, type Question } from './RelationQuestion';
import { statusLine, statusName } from './statusText';
import { UserAvatar, useStatus } from './UserAvatar';
import './people.css';

const hex = (color: number) => `#${color.toString(16).padStart(6, '0')}`;

/** Who somebody is, beside whatever was pressed. */
export function UserPopout({
  id,
  guild = null,
  children,
  placement = 'right top',
}: {
  id: Id;
  guild?: Id | null;
  children: ReactElement;
  placement?: 'right top' | 'left top' | 'top start' | 'bottom start';
}) {
  const [question, setQuestion] = useState<Question | null>(null);
  return (
    <>
      <DialogTrigger>
        {children}
        <Popover placement={placement} offset={10} className="popover popover-card">
          <Dialog className="popout-dialog" aria-label={t('Profile')}>
            {({ close }) => (
              <ProfileCard
                id={id}
                guild={guild}
                close={close}
                ask={(asked) => {
                  close();
                  setQuestion(asked);
                }}
              />
            )}
          </Dialog>
        </Popover>
      </DialogTrigger>
      {question ? <RelationQuestion question={question} onClose={() => setQuestion(null)} /> : null}
    </>
  );
}

interface CardProps {
  id: Id;
  /** The server in which they were met. */
  guild?: Id | null;
  close: () => void;
  ask: (question: Question) => void;
}

export function ProfileCard({ id, guild = null, close, ask }: CardProps) {
  const user = useApp((s) => (s.me?.id === id ? s.me : s.users[id]));
  const name = useApp((s) => memberName(s, guild, id));
  const joined = useApp((s) => (guild ? (s.members[guild]?.[id]?.joinedAt ?? null) : null));
  useApp((s) => (guild ? s.members[guild]?.[id] : undefined));
  const users = useApp((s) => s.users);
  const me = useApp((s) => s.me?.id === id);
  const relation = useApp((s) => relationshipType(s, id));
  const presence = useApp((s) => s.presences[id]);
  const developer = useApp((s) => s.settings.developer_mode === true);
  const status = useStatus(id);
  const [profile, setProfile] = useState<Profile | null>(null);

  useEffect(() => {
    let wanted = true;
    getProfile(id).then(
      (found) => {
        if (wanted) setProfile(found);
      },
      () => {
        // Somebody whose profile we may not see still has a name.
      },
    );
    return () => {
      wanted = false;
    };
  }, [id]);

  const color = profile?.user_profile?.accent_color ?? profile?.user.accent_color ?? user?.accent_color;
  const bio = profile?.user_profile?.bio || profile?.user.bio;
  const pronouns = profile?.user_profile?.pronouns;
  const mutual = profile?.mutual_friends?.length ?? 0;
  const entries: MenuEntry[] = [
    ...(guild ? memberEntries(guild, id, (kind) => ask({ id, kind, guild })) : []),
    ...relationEntries(id, (kind) => ask({ id, kind })),
    ...(developer ? [{ label: t('Copy user ID'), icon: 'id', onAction: () => void copyText(id) } as MenuEntry] : []),
  ];

  return (
    <div className="popout">
      <div className="popout-banner" style={color != null ? { backgroundColor: hex(color) } : undefined} />
      <div className="popout-top">
        <UserAvatar id={id} size={80} presence />
        {entries.length > 0 ? (
          <MenuButton label={t('More')} entries={entries}>
            <IconButton icon="more" label={t('More')} />
          </MenuButton>
        ) : null}
      </div>
      <div className="popout-body">
        <h2 className="popout-name">
          {name}
          {user?.bot ? <span className="bot-tag">{t('Bot')}</span> : null}
        </h2>
        <p className="popout-username">
          {user?.username}
          {pronouns ? <span> · {pronouns}</span> : null}
        </p>
        <p className="popout-status">
          <span className={`status-dot status-${status}`} />
          {me ? statusName(status) : statusLine(presence)}
        </p>
        {bio ? (
          <section>
            <h3>{t('About me')}</h3>
            <div className="popout-bio">
              <Markdown text={bio} users={(u) => users[u]} channels={() => undefined} />
            </div>
          </section>
        ) : null}
        <section>
          <h3>{t('Member since')}</h3>
          <p>{longDay(idTime(id))}</p>
        </section>
        {joined ? (
          <section>
            <h3>{t('In this server since')}</h3>
            <p>{longDay(joined)}</p>
          </section>
        ) : null}
        {guild ? <MemberRoles guild={guild} user={id} /> : null}
        {mutual > 0 ? (
          <p className="popout-mutual">{t('{count, plural, one {# friend in common} other {# friends in common}}', { count: mutual })}</p>
        ) : null}
        {!me && relation !== RelationshipType.Blocked ? (
          <Button
            tone="primary"
            wide
            onPress={() => {
              close();
              void openDirect(id);
            }}
          >
            {t('Message')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
