import type { Message } from '../../api/types';
import { channelTouched } from '../../state/channels';
import { isSystem } from '../../state/grouping';
import { inboxHeard } from '../../state/inbox';
import { withMember } from '../../state/members';
import type { Patch, State } from '../../state/model';
import { messageStored } from '../../state/pending';
import { countMessage } from '../../state/readState';
import { typingStopped } from '../../state/typing';

export function messageCreate(state: State, message: Message): Patch {
  return {
    ...messageStored(state, message),
    ...inboxHeard(state, message),
    ...channelTouched(state, message.channel_id, message.id, !isSystem(message)),
    ...countMessage(state, message),
    ...typingStopped(state, message.channel_id, message.author.id),
    ...membersSeen(state, message),
  };
}

/** Who speaks in a server, and who is called, comes with nickname and roles: the name is drawn in their colour. */
function membersSeen(state: State, message: Message): Patch {
  const guild = message.guild_id;
  if (!guild || !state.guilds[guild]) return {};
  let members = state.members;
  if (message.member && !message.webhook_id) members = withMember(members, guild, message.author.id, message.member);
  for (const user of message.mentions) if (user.member) members = withMember(members, guild, user.id, user.member);
  return members === state.members ? {} : { members };
}
