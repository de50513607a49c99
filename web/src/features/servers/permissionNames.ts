import { t } from '../../i18n';
import { Permission } from '../../state/permissions';

export interface PermissionName {
  bit: bigint;
  name: string;
  hint: string;
  /** Whether a channel may say otherwise about it: in which kinds. */
  channels: 'no' | 'all' | 'text' | 'voice';
  danger?: boolean;
}

export interface PermissionGroup {
  title: string;
  permissions: PermissionName[];
}

/** The permissions that do something here, in words. Others are kept as they are. */
export const permissionGroups = (): PermissionGroup[] => [
  {
    title: t('The server'),
    permissions: [
      { bit: Permission.ViewChannel, name: t('View channels'), hint: t('See channels that are not private.'), channels: 'all' },
      { bit: Permission.ManageChannels, name: t('Manage channels'), hint: t('Create, change and delete channels.'), channels: 'all' },
      { bit: Permission.ManageRoles, name: t('Manage roles'), hint: t('Create and change roles below their own highest, and give them.'), channels: 'all' },
      { bit: Permission.CreateExpressions, name: t('Create emoji'), hint: t('Add emoji, and change those that they added.'), channels: 'no' },
      { bit: Permission.ManageExpressions, name: t('Manage emoji'), hint: t('Change and delete everybody’s emoji.'), channels: 'no' },
      { bit: Permission.ViewAuditLog, name: t('View audit log'), hint: t('See who changed what.'), channels: 'no' },
      { bit: Permission.ManageWebhooks, name: t('Manage webhooks'), hint: t('Let programs post in channels.'), channels: 'all' },
      { bit: Permission.ManageGuild, name: t('Manage server'), hint: t('Change name and icon, see invites, add bots.'), channels: 'no' },
    ],
  },
  {
    title: t('Members'),
    permissions: [
      { bit: Permission.CreateInvite, name: t('Create invites'), hint: t('Invite new people.'), channels: 'all' },
      { bit: Permission.ChangeNickname, name: t('Change nickname'), hint: t('Choose their own nickname here.'), channels: 'no' },
      { bit: Permission.ManageNicknames, name: t('Manage nicknames'), hint: t('Change the nicknames of others.'), channels: 'no' },
      { bit: Permission.KickMembers, name: t('Kick members'), hint: t('Remove people; they can come back with a new invite.'), channels: 'no' },
      { bit: Permission.BanMembers, name: t('Ban members'), hint: t('Remove people for good.'), channels: 'no' },
      { bit: Permission.ModerateMembers, name: t('Time out members'), hint: t('Let people say nothing for a while.'), channels: 'no' },
    ],
  },
  {
    title: t('Text channels'),
    permissions: [
      { bit: Permission.SendMessages, name: t('Send messages'), hint: t('Write in text channels.'), channels: 'all' },
      { bit: Permission.SendInThreads, name: t('Send messages in threads'), hint: t('Write in threads.'), channels: 'text' },
      { bit: Permission.CreatePublicThreads, name: t('Create public threads'), hint: t('Threads that everybody in the channel sees.'), channels: 'text' },
      { bit: Permission.CreatePrivateThreads, name: t('Create private threads'), hint: t('Threads for invited people.'), channels: 'text' },
      { bit: Permission.EmbedLinks, name: t('Embed links'), hint: t('Links show a preview.'), channels: 'all' },
      { bit: Permission.AttachFiles, name: t('Attach files'), hint: t('Upload pictures and files.'), channels: 'all' },
      { bit: Permission.AddReactions, name: t('Add reactions'), hint: t('React with an emoji that nobody used yet.'), channels: 'all' },
      { bit: Permission.UseExternalEmojis, name: t('Use emoji of other servers'), hint: t('Emoji from elsewhere.'), channels: 'all' },
      { bit: Permission.MentionEveryone, name: t('Mention everyone and all roles'), hint: t('Call everybody with @everyone or @here.'), channels: 'all' },
      { bit: Permission.ManageMessages, name: t('Manage messages'), hint: t('Delete messages of others.'), channels: 'all' },
      { bit: Permission.PinMessages, name: t('Pin messages'), hint: t('Pin and unpin messages.'), channels: 'text' },
      { bit: Permission.ManageThreads, name: t('Manage threads'), hint: t('Rename, close and delete threads; see private ones.'), channels: 'text' },
      { bit: Permission.BypassSlowMode, name: t('Bypass slow mode'), hint: t('Write without waiting.'), channels: 'all' },
      { bit: Permission.ReadHistory, name: t('Read message history'), hint: t('Read what was said before they came.'), channels: 'all' },
      { bit: Permission.SendTts, name: t('Send text-to-speech messages'), hint: t('Messages that are read aloud.'), channels: 'all' },
      { bit: Permission.UseCommands, name: t('Use application commands'), hint: t('Commands of bots.'), channels: 'all' },
    ],
  },
  {
    title: t('Voice channels'),
    permissions: [
      { bit: Permission.Connect, name: t('Connect'), hint: t('Join voice channels.'), channels: 'voice' },
      { bit: Permission.Speak, name: t('Speak'), hint: t('Talk in voice channels.'), channels: 'voice' },
      { bit: Permission.MuteMembers, name: t('Mute members'), hint: t('Mute others.'), channels: 'voice' },
      { bit: Permission.DeafenMembers, name: t('Deafen members'), hint: t('Deafen others.'), channels: 'voice' },
      { bit: Permission.MoveMembers, name: t('Move members'), hint: t('Move others between voice channels.'), channels: 'voice' },
    ],
  },
  {
    title: t('Everything'),
    permissions: [
      {
        bit: Permission.Administrator,
        name: t('Administrator'),
        hint: t('Has every permission and passes every channel’s rules. Give it to nobody lightly.'),
        channels: 'no',
        danger: true,
      },
    ],
  },
];
