import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { ChannelType, type Id, type Message } from '../../api/types';
import { goHome } from '../../app/route';
import { t } from '../../i18n';
import { channelName } from '../../state/channels';
import { useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { isDrawer } from '../../ui/Drawer';
import { Icon } from '../../ui/Icon';
import { MenuButton, PointMenu } from '../../ui/Menu';
import { Spinner } from '../../ui/Spinner';
import { attempt, refusal } from '../attempt';
import { AddPeople } from '../dms/AddPeople';
import { InboxButton } from '../inbox/InboxButton';
import { MemberList } from '../members/MemberList';
import { CreateThread } from '../threads/CreateThread';
import { GroupAvatar } from '../dms/GroupAvatar';
import { LeaveGroup } from '../dms/LeaveGroup';
import { RenameGroup } from '../dms/RenameGroup';
import { relationEntries } from '../people/relationEntries';
import { RelationQuestion, type Question } from '../people/RelationQuestion';
import { statusName } from '../people/statusText';
import { UserAvatar, useStatus } from '../people/UserAvatar';
import { ProfileCard, UserPopout } from '../people/UserPopout';
import { ActsContext, type ConversationActs } from './acts';
import { AdultGate } from './AdultGate';
import { Announcer } from './Announcer';
import { Composer, type ComposerHandle } from './Composer';
import { deleteMessage } from './deleteMessage';
import { setDraft } from './drafts';
import { markRead } from './markRead';
import { MembersPanel } from './MembersPanel';
import { messageEntries, shortText } from './messageEntries';
import { MessageList, type ListHandle } from './MessageList';
import { PinsPanel } from './PinsPanel';
import { useCustomEmoji } from './customEmoji';
import { GuildContext } from './place';
import { PointPopover } from './PointPopover';
import { ServerHeader } from './ServerHeader';
import { useMembersOfWindow } from './useMembersOfWindow';
import { toggleReaction } from './react';
import { TypingIndicator } from './TypingIndicator';
import { useAttention } from './useAttention';
import './conversation.css';

const EmojiPicker = lazy(() => import('../emoji/EmojiPicker').then((m) => ({ default: m.EmojiPicker })));

const MEMBERS = 'guildhall.members';

export function Conversation({ channelId, target }: { channelId: Id; target: Id | null }) {
  const known = useApp((s) => s.channels[channelId] !== undefined);
  return known ? (
    <AdultGate key={channelId} channelId={channelId}>
      <Known channelId={channelId} target={target} />
    </AdultGate>
  ) : (
    <Unknown />
  );
}

function Unknown() {
  return (
    <main className="page" aria-label={t('Conversation')}>
      <div className="empty">
        <span className="empty-icon">
          <Icon name="message" size={36} />
        </span>
        <h2>{t('This conversation is not open')}</h2>
        <p>{t('It was closed, or you are not part of it any more.')}</p>
        <Button tone="primary" onPress={goHome}>
          {t('Back to conversations')}
        </Button>
      </div>
    </main>
  );
}

function Known({ channelId, target }: { channelId: Id; target: Id | null }) {
  const guild = useApp((s) => s.channels[channelId]?.guildId ?? null);
  const thread = useApp((s) => s.channels[channelId]?.thread != null);
  const group = useApp((s) => s.channels[channelId]?.type === ChannelType.GroupDm);
  const name = useApp((s) => (s.channels[channelId] ? channelName(s, s.channels[channelId]) : ''));
  const list = useRef<ListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [atEnd, setAtEnd] = useState(false);
  const [members, setMembers] = useState(
    () => localStorage.getItem(MEMBERS) !== 'hidden' && !isDrawer(),
  );
  const [pinsOpen, setPinsOpen] = useState(false);
  const [menu, setMenu] = useState<{ message: Message; x: number; y: number } | null>(null);
  const [picker, setPicker] = useState<{ message: Message; anchor: Element } | null>(null);
  const [profile, setProfile] = useState<{ user: Id; anchor: Element } | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [removing, setRemoving] = useState<Message | null>(null);
  const [threading, setThreading] = useState<{ message: Message | null } | null>(null);
  const custom = useCustomEmoji(channelId);
  useAttention(channelId, atEnd);
  useMembersOfWindow(channelId);

  const acts = useMemo<ConversationActs>(
    () => ({
      reply: (message) => {
        setDraft(channelId, { replyTo: message.id });
        // After a menu has given the focus back.
        setTimeout(() => composer.current?.focus(), 30);
      },
      remove: (message, now) => {
        if (now) void attempt(() => deleteMessage(message));
        else setRemoving(message);
      },
      pickReaction: (message, anchor) => setPicker({ message, anchor }),
      menu: (message, x, y) => setMenu({ message, x, y }),
      profile: (user, anchor) => setProfile({ user, anchor }),
      jump: (message) => list.current?.jump(message),
      showPins: () => setPinsOpen(true),
      startThread: (message) => setThreading({ message }),
      focusComposer: () => composer.current?.focus(),
    }),
    [channelId],
  );

  useEffect(() => {
    if (target) list.current?.jump(target);
  }, [target]);

  const toggleMembers = () => {
    setMembers(!members);
    // Where it lies over the conversation it is closed to go on reading: that says nothing about wide windows.
    if (!isDrawer()) localStorage.setItem(MEMBERS, members ? 'hidden' : 'shown');
  };

  const escape = useCallback(() => {
    markRead(channelId);
    list.current?.toEnd();
  }, [channelId]);

  // Whoever starts to type means the composer, wherever the focus is; Escape means "I have read it".
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return;
      const focus = document.activeElement;
      if (focus?.closest('input, textarea, select, [contenteditable]') || focus?.matches('article:focus-visible')) return;
      if (event.key === 'Escape') escape();
      else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
        composer.current?.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [escape]);

  return (
    <main className="conversation" aria-label={guild && !thread ? `#${name}` : name}>
      <GuildContext.Provider value={guild}>
        <ActsContext.Provider value={acts}>
          {guild ? (
            <ServerHeader
              channelId={channelId}
              members={members}
              onMembers={toggleMembers}
              pinsOpen={pinsOpen}
              onPins={setPinsOpen}
              onThread={() => setThreading({ message: null })}
              onJump={(message) => {
                setPinsOpen(false);
                list.current?.jump(message);
              }}
            />
          ) : (
            <Header
              channelId={channelId}
              name={name}
              members={members}
              onMembers={group ? toggleMembers : null}
              pinsOpen={pinsOpen}
              onPins={setPinsOpen}
              onJump={(message) => {
                setPinsOpen(false);
                list.current?.jump(message);
              }}
            />
          )}
          <div className="conversation-body">
            <div className="conversation-main">
              <MessageList
                channelId={channelId}
                label={t('Messages in {name}', { name })}
                handle={list}
                onAtEnd={setAtEnd}
              />
              <Composer
                channelId={channelId}
                label={
                  guild && !thread
                    ? t('Message #{name}', { name })
                    : group || thread
                      ? t('Message {name}', { name })
                      : t('Message @{name}', { name })
                }
                handle={composer}
                onSent={() => list.current?.toEnd()}
                onEscape={escape}
              />
              <TypingIndicator channelId={channelId} />
              <Announcer channelId={channelId} />
            </div>
            {guild && members ? <MemberList channelId={channelId} onClose={toggleMembers} /> : null}
            {group && members ? <MembersPanel channelId={channelId} onClose={toggleMembers} /> : null}
          </div>
          {menu ? (
            <PointMenu
              label={t('Message')}
              at={menu}
              entries={messageEntries(
                menu.message,
                acts,
                document.querySelector(`[data-message-id="${menu.message.id}"] :is(.message-text, .system-text)`),
              )}
              onClose={() => setMenu(null)}
            />
          ) : null}
          {picker ? (
            <PointPopover
              key={picker.message.id}
              anchor={picker.anchor}
              label={t('Choose a reaction')}
              className="popover popover-emoji"
              onClose={() => setPicker(null)}
            >
              <Suspense fallback={<Spinner />}>
                <EmojiPicker
                  custom={custom}
                  onPickCustom={(emoji) => {
                    const { message } = picker;
                    setPicker(null);
                    const mine = message.reactions?.some((r) => r.me && r.emoji.id === emoji.id);
                    if (!mine) void toggleReaction(message, { id: emoji.id, name: emoji.name, animated: emoji.animated ?? false });
                  }}
                  onPick={(emoji) => {
                    const { message } = picker;
                    setPicker(null);
                    const mine = message.reactions?.some((r) => r.me && r.emoji.name === emoji);
                    if (!mine) void toggleReaction(message, { id: null, name: emoji });
                  }}
                />
              </Suspense>
            </PointPopover>
          ) : null}
          {profile ? (
            <PointPopover
              key={profile.user}
              anchor={profile.anchor}
              label={t('Profile')}
              className="popover popover-card"
              onClose={() => setProfile(null)}
            >
              <ProfileCard
                id={profile.user}
                close={() => setProfile(null)}
                guild={guild}
                ask={(asked) => {
                  setQuestion(asked);
                  setProfile(null);
                }}
              />
            </PointPopover>
          ) : null}
          {question ? <RelationQuestion question={question} onClose={() => setQuestion(null)} /> : null}
          {threading ? (
            <CreateThread channelId={channelId} message={threading.message} onClose={() => setThreading(null)} />
          ) : null}
          {removing ? (
            <Confirm
              title={t('Delete message?')}
              action={t('Delete')}
              onClose={() => setRemoving(null)}
              onConfirm={() => refusal(() => deleteMessage(removing))}
            >
              <p>{t('It disappears for everybody and cannot be brought back.')}</p>
              <blockquote className="removing">{shortText(removing)}</blockquote>
              <p className="tip">{t('Tip: hold Shift when you choose “Delete message” to skip this question.')}</p>
            </Confirm>
          ) : null}
        </ActsContext.Provider>
      </GuildContext.Provider>
    </main>
  );
}

interface HeaderProps {
  channelId: Id;
  name: string;
  members: boolean;
  onMembers: (() => void) | null;
  pinsOpen: boolean;
  onPins: (open: boolean) => void;
  onJump: (message: Id) => void;
}

function Header({ channelId, name, members, onMembers, pinsOpen, onPins, onJump }: HeaderProps) {
  const channel = useApp((s) => s.channels[channelId]);
  const other = channel?.type === ChannelType.Dm ? channel.recipients[0] : undefined;
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  useApp((s) => (other ? s.relationships[other]?.type : undefined));
  const bot = useApp((s) => (other ? s.users[other]?.bot === true : false));
  return (
    <header className="page-head">
      <span className="only-narrow">
        <IconButton icon="back" label={t('Back to conversations')} onPress={goHome} />
      </span>
      {other ? (
        <UserPopout id={other} placement="bottom start">
          <AriaButton className="head-name">
            <UserAvatar id={other} size={32} presence />
            <span className="head-text">
              <h1>
                {name}
                {bot ? <span className="bot-tag">{t('Bot')}</span> : null}
              </h1>
              <Presence id={other} />
            </span>
          </AriaButton>
        </UserPopout>
      ) : (
        <AriaButton className="head-name" onPress={() => setRenaming(true)} aria-label={t('{name}. Rename group', { name })}>
          <GroupAvatar id={channelId} size={32} />
          <span className="head-text">
            <h1>{name}</h1>
            <span className="head-line">
              {t('{count, plural, one {# member} other {# members}}', { count: (channel?.recipients.length ?? 0) + 1 })}
            </span>
          </span>
        </AriaButton>
      )}
      <span className="head-acts">
        <DialogTrigger isOpen={pinsOpen} onOpenChange={onPins}>
          <IconButton icon="pin" label={t('Pinned messages')} placement="bottom" />
          <Popover placement="bottom end" offset={10} className="popover popover-pins">
            <Dialog aria-label={t('Pinned messages')} className="popout-dialog">
              <PinsPanel channelId={channelId} onJump={onJump} />
            </Dialog>
          </Popover>
        </DialogTrigger>
        <span className="only-wide">
          <InboxButton />
        </span>
        {bot ? null : (
          <span className={onMembers ? 'only-wide' : undefined}>
            <IconButton icon="addUser" label={t('Add people')} placement="bottom" onPress={() => setAdding(true)} />
          </span>
        )}
        {onMembers ? (
          <IconButton
            icon="members"
            label={members ? t('Hide members') : t('Show members')}
            pressed={members}
            placement="bottom"
            onPress={onMembers}
          />
        ) : null}
        {onMembers ? (
          <MenuButton
            label={t('More')}
            entries={[
              { label: t('Add people'), icon: 'addUser', onAction: () => setAdding(true) },
              { label: t('Rename group'), icon: 'edit', onAction: () => setRenaming(true) },
              { label: t('Leave group'), icon: 'leave', danger: true, onAction: () => setLeaving(true) },
            ]}
          >
            <IconButton icon="more" label={t('More')} placement="bottom" />
          </MenuButton>
        ) : other ? (
          <MenuButton label={t('More')} entries={relationEntries(other, (kind) => setQuestion({ id: other, kind }))}>
            <IconButton icon="more" label={t('More')} placement="bottom" />
          </MenuButton>
        ) : null}
      </span>
      {adding ? <AddPeople id={channelId} onClose={() => setAdding(false)} /> : null}
      {renaming ? <RenameGroup id={channelId} onClose={() => setRenaming(false)} /> : null}
      {leaving ? <LeaveGroup id={channelId} onClose={() => setLeaving(false)} /> : null}
      {question ? <RelationQuestion question={question} onClose={() => setQuestion(null)} /> : null}
    </header>
  );
}

function Presence({ id }: { id: Id }) {
  const status = useStatus(id);
  return <span className="head-line">{statusName(status)}</span>;
}
