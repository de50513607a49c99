import { useState } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { Id } from '../../api/types';
import { goToServer } from '../../app/route';
import { t } from '../../i18n';
import { isPrivateChannel, isThread } from '../../state/permissions';
import { useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Dialog as Modal } from '../../ui/Dialog';
import { MenuButton } from '../../ui/Menu';
import { InboxButton } from '../inbox/InboxButton';
import { Markdown, plainText } from '../markdown';
import { serverChannelEntries, type ChannelAct } from '../servers/channelEntries';
import { ChannelIcon } from '../servers/ChannelIcon';
import { ChannelQuestion } from '../servers/ChannelQuestion';
import { goToChannel } from '../servers/goToChannel';
import { join } from '../threads/threadEntries';
import { ThreadsPanel } from '../threads/ThreadsPanel';
import { PinsPanel } from './PinsPanel';
import { useLookups } from './useLookups';

interface Props {
  channelId: Id;
  members: boolean;
  onMembers: () => void;
  pinsOpen: boolean;
  onPins: (open: boolean) => void;
  onThread: () => void;
  onJump: (message: Id) => void;
}

/** The top of a channel of a server: what it is called, what it is for, and what belongs to it. */
export function ServerHeader({ channelId, members, onMembers, pinsOpen, onPins, onThread, onJump }: Props) {
  const channel = useApp((s) => s.channels[channelId]);
  const parent = useApp((s) => (channel?.thread && channel.parentId ? s.channels[channel.parentId] : undefined));
  const guild = useApp((s) => (channel?.guildId ? s.guilds[channel.guildId] : undefined));
  const lookups = useLookups();
  const [threads, setThreads] = useState(false);
  const [topic, setTopic] = useState(false);
  const [menu, setMenu] = useState(false);
  const [act, setAct] = useState<ChannelAct | null>(null);
  if (!channel || !guild) return null;
  const name = channel.name ?? '';
  const thread = isThread(channel.type);
  return (
    <header className="page-head server-channel-head">
      <span className="only-narrow">
        <IconButton icon="back" label={t('Back to channels')} onPress={() => goToServer(guild.id)} />
      </span>
      <span className="head-channel">
        <ChannelIcon type={channel.type} locked={!thread && isPrivateChannel(guild, channel)} size={22} />
        {parent ? (
          <>
            <button type="button" className="head-parent only-wide" onClick={() => goToChannel(parent.id)}>
              {parent.name}
            </button>
            <span className="head-parent-mark only-wide" aria-hidden="true">
              ›
            </span>
          </>
        ) : null}
        <h1>{name}</h1>
      </span>
      {channel.topic ? (
        <AriaButton className="head-topic only-wide" aria-label={t('Topic of {name}', { name })} onPress={() => setTopic(true)}>
          {plainText(channel.topic, lookups)}
        </AriaButton>
      ) : null}
      <span className="head-acts">
        {channel.thread && !channel.thread.joined ? (
          <Button small onPress={() => void join(channelId)}>
            {t('Join')}
          </Button>
        ) : null}
        {thread ? null : (
          <DialogTrigger isOpen={threads} onOpenChange={setThreads}>
            <IconButton icon="thread" label={t('Threads')} placement="bottom" />
            <Popover placement="bottom end" offset={10} className="popover popover-pins">
              <Dialog aria-label={t('Threads')} className="popout-dialog">
                <ThreadsPanel
                  channelId={channelId}
                  onGone={() => setThreads(false)}
                  onCreate={() => {
                    setThreads(false);
                    onThread();
                  }}
                />
              </Dialog>
            </Popover>
          </DialogTrigger>
        )}
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
        <IconButton
          icon="members"
          label={members ? t('Hide members') : t('Show members')}
          pressed={members}
          placement="bottom"
          onPress={onMembers}
        />
        <MenuButton label={t('More')} entries={menu ? serverChannelEntries(channelId, setAct) : []} onOpenChange={setMenu}>
          <IconButton icon="more" label={t('More')} placement="bottom" />
        </MenuButton>
      </span>
      {topic ? (
        <Modal title={`#${name}`} open narrow onClose={() => setTopic(false)}>
          <Markdown text={channel.topic ?? ''} {...lookups} />
        </Modal>
      ) : null}
      {act ? <ChannelQuestion id={channelId} act={act} onClose={() => setAct(null)} /> : null}
    </header>
  );
}
