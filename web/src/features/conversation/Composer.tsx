import { lazy, Suspense, useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { requestFriend, removeRelationship } from '../../api/relationships';
import { ChannelType, RelationshipType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { windowOf } from '../../state/messages';
import { dividerRemoved, unreadHeld } from '../../state/readState';
import { relationshipType } from '../../state/relationships';
import { noticeAdded } from '../../state/notices';
import { apply, store, useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { attempt } from '../attempt';
import { replaceShortcodes } from '../emoji';
import { sendMessage } from '../send/sender';
import { useAuthorName } from './Author';
import { useCustomEmoji } from './customEmoji';
import { setDraft } from './drafts';
import { editLast } from './editMessage';
import { loadLatest } from './history';
import { encodeMentions } from './mentions';
import { silenceIn } from '../../state/permissions';
import { mentionablesIn } from './names';
import { useGuild } from './place';
import { SilentBar, SlowMode, useTimeoutEnd, useWait } from './Silence';
import { SuggestionList } from './SuggestionList';
import { insertText, useAutosize } from './textarea';
import { announceTyping, typingDone } from './typing';
import { useAutocomplete } from './useAutocomplete';

export const MAX_LENGTH = 2000;
const COUNT_FROM = 1800;

const EmojiPicker = lazy(() => import('../emoji/EmojiPicker').then((m) => ({ default: m.EmojiPicker })));

export interface ComposerHandle {
  focus: () => void;
  type: (text: string) => void;
}

interface Props {
  channelId: Id;
  label: string;
  handle: Ref<ComposerHandle>;
  onSent: () => void;
  onEscape: () => void;
}

export function Composer({ channelId, label, handle, onSent, onEscape }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useApp((s) => s.drafts[channelId]?.text ?? '');
  const replyTo = useApp((s) => s.drafts[channelId]?.replyTo ?? null);
  const auto = useAutocomplete(field, channelId);
  const blocked = useApp((s) => {
    const channel = s.channels[channelId];
    const other = channel?.type === ChannelType.Dm ? channel.recipients[0] : undefined;
    return other !== undefined && relationshipType(s, other) === RelationshipType.Blocked ? other : null;
  });
  useTimeoutEnd(channelId);
  const silence = useApp((s) => silenceIn(s, channelId));
  const wait = useWait(channelId);
  const guild = useGuild();
  useAutosize(field, text);

  useImperativeHandle(handle, () => ({
    focus: () => field.current?.focus(),
    type: (typed: string) => {
      const target = field.current;
      if (target) insertText(target, typed);
    },
  }));

  useEffect(() => {
    // On a phone the keyboard would cover half of what one came to read.
    if (window.matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [channelId]);

  const encoded = () => {
    const names = mentionablesIn(channelId);
    return replaceShortcodes(encodeMentions(text.trim(), names.users, names));
  };
  const over = text.length > COUNT_FROM ? encoded().length - MAX_LENGTH : -MAX_LENGTH;

  const submit = async () => {
    const content = encoded();
    if (!content || wait > 0) return;
    if (content.length > MAX_LENGTH) {
      apply((state) =>
        noticeAdded(state, 'error', t('A message can have at most {max} characters.', { max: MAX_LENGTH })),
      );
      return;
    }
    setDraft(channelId, { text: '', replyTo: null });
    auto.close();
    typingDone();
    apply((state) => ({ ...dividerRemoved(state, channelId), ...unreadHeld(state, channelId, false) }));
    const window_ = windowOf(store.getState(), channelId);
    if (window_.loaded && !window_.atEnd && !window_.refreshing) await attempt(() => loadLatest(channelId));
    void sendMessage(channelId, content, replyTo);
    onSent();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes a word, Enter ends the word and not the message.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (auto.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      if (insideFence(event.currentTarget)) return;
      event.preventDefault();
      void submit();
    } else if (event.key === 'ArrowUp' && text === '' && editLast(channelId)) {
      event.preventDefault();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (replyTo) setDraft(channelId, { replyTo: null });
      else onEscape();
    }
  };

  if (blocked) return <BlockedBar user={blocked} />;
  if (silence) return <SilentBar channelId={channelId} why={silence} />;

  return (
    <div className="composer-area">
      <SuggestionList auto={auto} />
      {guild ? null : <StrangerBar channelId={channelId} />}
      {replyTo ? <ReplyBar channelId={channelId} messageId={replyTo} /> : null}
      <div className={replyTo ? 'composer has-reply' : 'composer'}>
        <textarea
          ref={field}
          className="composer-field"
          aria-label={label}
          placeholder={label}
          rows={1}
          value={text}
          enterKeyHint="send"
          autoComplete="off"
          spellCheck
          {...auto.fieldProps}
          onChange={(event) => {
            setDraft(channelId, { text: event.target.value });
            if (event.target.value.trim()) announceTyping(channelId);
            auto.update();
          }}
          onSelect={() => auto.update()}
          onBlur={() => auto.close()}
          onKeyDown={onKeyDown}
        />
        {over > COUNT_FROM - MAX_LENGTH ? (
          <span className={over > 0 ? 'composer-count is-over' : 'composer-count'} role="status">
            <span className="visually-hidden">{t('Characters left')}: </span>
            {-over}
          </span>
        ) : null}
        <SlowMode channelId={channelId} wait={wait} />
        <EmojiButton channelId={channelId} onPick={(emoji) => field.current && insertText(field.current, emoji)} />
        <AriaButton
          className="composer-send"
          aria-label={t('Send message')}
          isDisabled={!text.trim() || wait > 0}
          onPress={() => {
            void submit();
            field.current?.focus();
          }}
        >
          <Icon name="send" size={20} />
        </AriaButton>
      </div>
    </div>
  );
}

/** Enter inside an open code fence starts a new line, as everybody expects who writes code. */
function insideFence(target: HTMLTextAreaElement): boolean {
  const before = target.value.slice(0, target.selectionStart);
  return (before.match(/```/g)?.length ?? 0) % 2 === 1;
}

function EmojiButton({ channelId, onPick }: { channelId: Id; onPick: (emoji: string) => void }) {
  const custom = useCustomEmoji(channelId);
  const [open, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <IconButton icon="smile" label={t('Choose emoji')} size={22} />
      <Popover placement="top end" offset={10} className="popover popover-emoji">
        <Dialog aria-label={t('Emoji')} className="popout-dialog">
          <Suspense fallback={<Spinner />}>
            <EmojiPicker
              custom={custom}
              onPick={(emoji) => {
                setOpen(false);
                onPick(emoji);
              }}
              onPickCustom={(emoji) => {
                setOpen(false);
                onPick(`:${emoji.name}: `);
              }}
            />
          </Suspense>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function ReplyBar({ channelId, messageId }: { channelId: Id; messageId: Id }) {
  const message = useApp((s) => windowOf(s, channelId).items.find((m) => m.id === messageId));
  const name = useAuthorName(message);
  return (
    <div className="reply-bar">
      <span>
        {t('Replying to')} <strong>{name}</strong>
      </span>
      <IconButton icon="close" size={16} label={t('Cancel reply')} onPress={() => setDraft(channelId, { replyTo: null })} />
    </div>
  );
}

function BlockedBar({ user }: { user: Id }) {
  const name = useApp((s) => nameOf(s, user));
  return (
    <div className="composer-area">
      <div className="composer-notice" role="note">
        <span>{t('You blocked {name}. Unblock them to write to them.', { name })}</span>
        <Button small onPress={() => void attempt(() => removeRelationship(user))}>
          {t('Unblock')}
        </Button>
      </div>
    </div>
  );
}

/** Says beforehand what a message would be refused for. */
function StrangerBar({ channelId }: { channelId: Id }) {
  const other = useApp((s) => {
    const channel = s.channels[channelId];
    const id = channel?.type === ChannelType.Dm ? channel.recipients[0] : undefined;
    if (!id || s.users[id]?.bot || s.users[id]?.system || s.me?.bot) return null;
    return relationshipType(s, id) === RelationshipType.Friend ? null : id;
  });
  const name = useApp((s) => (other ? nameOf(s, other) : ''));
  const username = useApp((s) => (other ? s.users[other]?.username : undefined));
  const type = useApp((s) => (other ? relationshipType(s, other) : 0));
  if (!other) return null;
  return (
    <div className="composer-notice" role="note">
      <span>
        {type === RelationshipType.Outgoing
          ? t('{name} has not accepted your friend request yet. You can write when they have.', { name })
          : t('{name} and you are not friends, so messages cannot be delivered.', { name })}
      </span>
      {type !== RelationshipType.Outgoing && username ? (
        <Button small onPress={() => void attempt(() => requestFriend(username))}>
          {type === RelationshipType.Incoming ? t('Accept request') : t('Add friend')}
        </Button>
      ) : null}
    </div>
  );
}
