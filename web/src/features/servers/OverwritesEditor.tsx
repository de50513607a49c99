import { useMemo, useState } from 'react';
import { Button as AriaButton, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { removeOverwrite, setOverwrite } from '../../api/channels';
import { ChannelType, OverwriteType, type Id, type Overwrite } from '../../api/types';
import { t } from '../../i18n';
import { orderedRoles } from '../../state/guilds';
import { memberName } from '../../state/members';
import { channelPermissions, has, isThread, Permission } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { MenuButton, type MenuEntry } from '../../ui/Menu';
import { SwitchRow } from '../../ui/SwitchRow';
import { attempt } from '../attempt';
import { UserAvatar } from '../people/UserAvatar';
import { PickMember } from '../members/PickMember';
import { permissionGroups } from './permissionNames';
import { RoleDot } from './RoleDot';

type Stance = 'allow' | 'deny' | 'inherit';

const stanceOf = (overwrite: Overwrite | undefined, bit: bigint): Stance =>
  overwrite && has(BigInt(overwrite.allow), bit) ? 'allow' : overwrite && has(BigInt(overwrite.deny), bit) ? 'deny' : 'inherit';

const withStance = (overwrite: Overwrite, bit: bigint, stance: Stance): Overwrite => ({
  ...overwrite,
  allow: String(stance === 'allow' ? BigInt(overwrite.allow) | bit : BigInt(overwrite.allow) & ~bit),
  deny: String(stance === 'deny' ? BigInt(overwrite.deny) | bit : BigInt(overwrite.deny) & ~bit),
});

/** Shows at once and is taken back if the server refuses. */
async function changeOverwrite(channel: Id, overwrite: Overwrite): Promise<void> {
  const old = store.getState().channels[channel]?.overwrites ?? [];
  put(channel, [...old.filter((o) => o.id !== overwrite.id), overwrite]);
  if (!(await attempt(() => setOverwrite(channel, overwrite)))) put(channel, old);
}

const put = (channel: Id, overwrites: Overwrite[]) =>
  apply((state) => {
    const entry = state.channels[channel];
    return entry ? { channels: { ...state.channels, [channel]: { ...entry, overwrites } } } : {};
  });

/** Who sees a channel and what they may do there, where that differs from what their roles say. */
export function OverwritesEditor({ channelId }: { channelId: Id }) {
  const channel = useApp((s) => s.channels[channelId]);
  const guild = useApp((s) => (channel?.guildId ? s.guilds[channel.guildId] : undefined));
  const held = useApp((s) => channelPermissions(s, channelId));
  const members = useApp((s) => (channel?.guildId ? s.members[channel.guildId] : undefined));
  const [chosen, setChosen] = useState<Id | null>(null);
  const [picking, setPicking] = useState(false);
  const overwrites = channel?.overwrites;
  const list = useMemo(() => {
    if (!guild || !overwrites) return [];
    const roles = orderedRoles(guild).filter((role) => role.id === guild.id || overwrites.some((o) => o.id === role.id));
    const people = overwrites.filter((o) => o.type === OverwriteType.Member).map((o) => o.id);
    const state = store.getState();
    return [
      ...roles.map((role) => ({ id: role.id, name: role.name, type: OverwriteType.Role as number })),
      ...people.map((id) => ({ id, name: memberName({ ...state, members: { ...state.members, [guild.id]: members ?? {} } }, guild.id, id), type: OverwriteType.Member as number })),
    ];
  }, [guild, overwrites, members]);
  if (!channel || !guild || !overwrites || isThread(channel.type)) return null;
  const everyone = overwrites.find((o) => o.id === guild.id) ?? { id: guild.id, type: 0, allow: '0', deny: '0' };
  const hidden = stanceOf(everyone, Permission.ViewChannel) === 'deny';
  const shown = list.find((one) => one.id === chosen) ?? list.at(-1);
  const overwrite = shown ? (overwrites.find((o) => o.id === shown.id) ?? { id: shown.id, type: shown.type, allow: '0', deny: '0' }) : undefined;
  const parent = channel.parentId ? store.getState().channels[channel.parentId] : undefined;
  const key = (o: Overwrite) => `${o.id} ${o.allow} ${o.deny}`;
  const synced =
    parent?.type === ChannelType.Category && [...parent.overwrites].map(key).sort().join() === [...overwrites].map(key).sort().join();
  const voice = channel.type === ChannelType.Voice || channel.type === ChannelType.Stage;
  const fits = (kind: string) =>
    channel.type === ChannelType.Category ? kind !== 'no' : kind === 'all' || kind === (voice ? 'voice' : 'text');
  const add: MenuEntry[] = [
    ...orderedRoles(guild)
      .filter((role) => role.id !== guild.id && !overwrites.some((o) => o.id === role.id))
      .map((role): MenuEntry => ({
        label: role.name,
        onAction: () => {
          const allow = hidden ? Permission.ViewChannel : 0n;
          void changeOverwrite(channelId, { id: role.id, type: OverwriteType.Role, allow: String(allow), deny: '0' });
          setChosen(role.id);
        },
      })),
    { separator: true },
    { label: t('A member…'), icon: 'addUser', onAction: () => setPicking(true) },
  ];
  return (
    <div className="form">
      <SwitchRow
        title={channel.type === ChannelType.Category ? t('Private category') : t('Private channel')}
        hint={t('Only the people and roles below that may view it see it.')}
        selected={hidden}
        onChange={(value) => void changeOverwrite(channelId, withStance(everyone, Permission.ViewChannel, value ? 'deny' : 'inherit'))}
      />
      {parent?.type === ChannelType.Category ? (
        <p className="settings-lead">
          {synced
            ? t('The permissions are those of the category {name}.', { name: parent.name ?? '' })
            : t('The permissions differ from those of the category {name}.', { name: parent.name ?? '' })}
        </p>
      ) : null}
      <div className="overwrites">
        <div className="overwrites-side">
          <div className="overwrites-head">
            <h3>{t('Roles and members')}</h3>
            <MenuButton label={t('Add a role or member')} entries={add} placement="bottom start">
              <IconButton icon="plus" size={18} label={t('Add a role or member')} />
            </MenuButton>
          </div>
          <ul>
            {list.map((one) => (
              <li key={one.id}>
                <AriaButton
                  className={one.id === shown?.id ? 'overwrite is-selected' : 'overwrite'}
                  aria-pressed={one.id === shown?.id}
                  onPress={() => setChosen(one.id)}
                >
                  {one.type === OverwriteType.Member ? <UserAvatar id={one.id} size={20} /> : <RoleDot color={guild.roles[one.id]?.color ?? 0} />}
                  <span>{one.name}</span>
                </AriaButton>
              </li>
            ))}
          </ul>
        </div>
        {shown && overwrite ? (
          <div className="overwrites-main">
            <div className="overwrites-head">
              <h3>{shown.name}</h3>
              {shown.id !== guild.id && overwrites.some((o) => o.id === shown.id) ? (
                <Button
                  small
                  tone="danger-quiet"
                  onPress={() => {
                    const old = overwrites;
                    put(channelId, old.filter((o) => o.id !== shown.id));
                    setChosen(null);
                    void attempt(() => removeOverwrite(channelId, shown.id)).then((worked) => {
                      if (!worked) put(channelId, old);
                    });
                  }}
                >
                  {t('Remove')}
                </Button>
              ) : null}
            </div>
            {permissionGroups().map((group) => {
              const fitting = group.permissions.filter((p) => fits(p.channels));
              return fitting.length > 0 ? (
                <section key={group.title}>
                  <h4>{group.title}</h4>
                  {fitting.map((permission) => (
                    <div key={permission.name} className="stance-row">
                      <span>{permission.name}</span>
                      <ToggleButtonGroup
                        className="stance"
                        aria-label={permission.name}
                        selectionMode="single"
                        disallowEmptySelection
                        isDisabled={!has(held, permission.bit)}
                        selectedKeys={[stanceOf(overwrite, permission.bit)]}
                        onSelectionChange={([stance]) =>
                          stance && void changeOverwrite(channelId, withStance(overwrite, permission.bit, stance as Stance))
                        }
                      >
                        <ToggleButton id="deny" aria-label={t('Deny')} className="stance-button stance-deny">
                          <Icon name="close" size={15} />
                        </ToggleButton>
                        <ToggleButton id="inherit" aria-label={t('As the roles say')} className="stance-button">
                          <span aria-hidden="true">/</span>
                        </ToggleButton>
                        <ToggleButton id="allow" aria-label={t('Allow')} className="stance-button stance-allow">
                          <Icon name="check" size={15} />
                        </ToggleButton>
                      </ToggleButtonGroup>
                    </div>
                  ))}
                </section>
              ) : null;
            })}
          </div>
        ) : null}
      </div>
      {picking ? (
        <PickMember
          guild={guild.id}
          title={t('Add a member')}
          onClose={() => setPicking(false)}
          onPick={(user) => {
            setPicking(false);
            const allow = hidden ? Permission.ViewChannel : 0n;
            void changeOverwrite(channelId, { id: user, type: OverwriteType.Member, allow: String(allow), deny: '0' });
            setChosen(user);
          }}
        />
      ) : null}
    </div>
  );
}
