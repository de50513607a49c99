import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { changeRole, countRoles, createRole, deleteRole, moveRoles, type RoleChange } from '../../api/roles';
import type { Id, Role } from '../../api/types';
import { t } from '../../i18n';
import { orderedRoles, rolePut, roleRemoved } from '../../state/guilds';
import { has, guildPermissions, mayChangeRole } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { ColorField } from '../../ui/ColorField';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { SwitchRow } from '../../ui/SwitchRow';
import { moved, useReorder } from '../../ui/useReorder';
import { attempt, refusal } from '../attempt';
import { permissionGroups } from '../servers/permissionNames';
import { RoleDot } from '../servers/RoleDot';
import { RoleMembers } from './RoleMembers';
import { useLoaded } from './useLoaded';

interface Props {
  guild: Id;
  /** The settings close: the server is looked at as somebody with a role. */
  onLook: () => void;
}

export function Roles({ guild, onLook }: Props) {
  const entry = useApp((s) => s.guilds[guild]);
  const roles = useMemo(() => (entry ? orderedRoles(entry) : []), [entry]);
  const { value: counts, reload } = useLoaded(guild, () => countRoles(guild).catch(() => ({}) as Record<Id, number>));
  const [open, setOpen] = useState<Id | null>(null);
  const movable = roles.filter((role) => role.id !== guild);

  const put = async (order: Role[]) => {
    const places = order.map((role, index) => ({ id: role.id, position: order.length - index }));
    const before = store.getState().guilds[guild]?.roles;
    apply((state) => {
      const held = state.guilds[guild];
      if (!held) return {};
      const next = { ...held.roles };
      for (const place of places) if (next[place.id]) next[place.id] = { ...next[place.id]!, position: place.position };
      return { guilds: { ...state.guilds, [guild]: { ...held, roles: next } } };
    });
    // Only what changed: a role that one may not touch must not be named.
    const news = places.filter((place) => before?.[place.id]?.position !== place.position && mayMove(place.id));
    if (await attempt(() => moveRoles(guild, news))) return;
    apply((state) => {
      const held = state.guilds[guild];
      return held && before ? { guilds: { ...state.guilds, [guild]: { ...held, roles: before } } } : {};
    });
  };

  const mayMove = (id: Id) => id !== guild && mayChangeRole(store.getState(), guild, id);
  const mayStep = (id: Id, by: -1 | 1) => {
    const other = movable[movable.findIndex((role) => role.id === id) + by];
    return other !== undefined && mayMove(id) && mayMove(other.id);
  };
  const step = (id: Id, by: -1 | 1) => {
    const at = movable.findIndex((role) => role.id === id);
    if (mayStep(id, by)) void put(moved(movable, at, at + by));
  };
  const reorder = useReorder({
    enabled: true,
    places: (dragged, target) => (mayMove(dragged) && mayMove(target) ? ['before', 'after'] : []),
    onDrop: (dragged, target, place) => {
      const one = movable.find((role) => role.id === dragged);
      const rest = movable.filter((role) => role.id !== dragged);
      if (!one) return;
      const at = rest.findIndex((role) => role.id === target) + (place === 'after' ? 1 : 0);
      void put([...rest.slice(0, at), one, ...rest.slice(at)]);
    },
    onStep: step,
  });

  const create = () =>
    attempt(async () => {
      const role = await createRole(guild, { name: t('new role') });
      apply((state) => rolePut(state, guild, role));
      setOpen(role.id);
    });

  const shown = open ? entry?.roles[open] : undefined;
  if (shown) {
    const back = () => {
      setOpen(null);
      // Somebody may have got it or lost it meanwhile.
      reload();
    };
    return <RoleEditor key={shown.id} guild={guild} role={shown} onBack={back} onLook={onLook} />;
  }
  return (
    <>
      <p className="settings-lead">
        {t('Roles say what members may do, and give their names a color. Who has several may do what any of them allows. Those above may act on those below.')}
      </p>
      <div className="roles-acts">
        <Button tone="primary" onPress={() => void create()}>
          {t('Create role')}
        </Button>
      </div>
      <ul className="card rows role-rows" aria-label={t('Roles')}>
        {roles.map((role) => {
          const drag = mayMove(role.id) ? reorder.props(role.id) : {};
          const mark = reorder.mark(role.id);
          return (
            <li
              key={role.id}
              className={`setting-row role-row${mark ? ` is-drop-${mark}` : ''}${reorder.dragged === role.id ? ' is-dragged' : ''}`}
              {...drag}
              // For the mouse; the button in it is for everybody.
              onClick={(event) => {
                if (!(event.target as Element).closest('button')) setOpen(role.id);
              }}
            >
              <span className="role-grip" aria-hidden="true">
                {mayMove(role.id) ? <Icon name="more" size={16} /> : <Icon name="lock" size={15} />}
              </span>
              <RoleDot color={role.color} />
              <div className="device-text">
                <div className="setting-value">{role.name}</div>
                <div className="setting-label">
                  {role.id === guild
                    ? t('What everybody may do')
                    : role.managed
                      ? t('Belongs to a bot')
                      : counts?.[role.id] !== undefined
                        ? t('{count, plural, one {# member} other {# members}}', { count: counts[role.id] ?? 0 })
                        : ''}
                </div>
              </div>
              {mayMove(role.id) ? (
                <span className="role-steps">
                  <IconButton
                    icon="up"
                    size={16}
                    label={t('Move {name} up', { name: role.name })}
                    isDisabled={!mayStep(role.id, -1)}
                    onPress={() => step(role.id, -1)}
                  />
                  <IconButton
                    icon="down"
                    size={16}
                    label={t('Move {name} down', { name: role.name })}
                    isDisabled={!mayStep(role.id, 1)}
                    onPress={() => step(role.id, 1)}
                  />
                </span>
              ) : null}
              <Button small onPress={() => setOpen(role.id)} aria-label={t('Edit {name}', { name: role.name })}>
                {t('Edit')}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface EditorProps {
  guild: Id;
  role: Role;
  onBack: () => void;
  onLook: () => void;
}

function RoleEditor({ guild, role, onBack, onLook }: EditorProps) {
  const everyone = role.id === guild;
  const held = useApp((s) => guildPermissions({ ...s, disguise: null }, guild));
  const editable = useApp((s) => (everyone ? true : mayChangeRole({ ...s, disguise: null }, guild, role.id)));
  const [name, setName] = useState(role.name);
  const [color, setColor] = useState(role.color);
  const [hoist, setHoist] = useState(role.hoist);
  const [mentionable, setMentionable] = useState(role.mentionable);
  const [permissions, setPermissions] = useState(() => BigInt(role.permissions));
  const [query, setQuery] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const top = useRef<HTMLDivElement>(null);
  // Whoever comes from far down a long list of roles begins at the top of this one.
  useLayoutEffect(() => {
    const frame = top.current?.closest('.settings-main');
    if (frame) frame.scrollTop = 0;
  }, []);
  const change: RoleChange = {
    ...(name.trim() !== role.name && !everyone ? { name: name.trim() } : {}),
    ...(color !== role.color ? { color } : {}),
    ...(hoist !== role.hoist ? { hoist } : {}),
    ...(mentionable !== role.mentionable ? { mentionable } : {}),
    ...(permissions !== BigInt(role.permissions) ? { permissions: String(permissions) } : {}),
  };
  const changed = Object.keys(change).length > 0;
  const reset = () => {
    setName(role.name);
    setColor(role.color);
    setHoist(role.hoist);
    setMentionable(role.mentionable);
    setPermissions(BigInt(role.permissions));
  };
  const save = async () => {
    setBusy(true);
    const refused = await refusal(async () => {
      const answer = await changeRole(guild, role.id, change);
      apply((state) => rolePut(state, guild, answer));
    });
    setProblem(refused);
    setBusy(false);
  };
  const look = () => {
    apply(() => ({ disguise: { guildId: guild, roles: everyone ? [] : [role.id] } }));
    onLook();
  };
  const wanted = query.trim().toLowerCase();
  return (
    <div ref={top} className="role-editor">
      <div className="role-editor-head">
        <IconButton icon="back" label={t('Back to roles')} onPress={onBack} />
        <RoleDot color={color} />
        <h3>{role.name}</h3>
        <span className="role-editor-acts">
          <Button small onPress={look}>
            {t('View server as role')}
          </Button>
          {everyone || role.managed || !editable ? null : (
            <Button small tone="danger-quiet" onPress={() => setDeleting(true)}>
              {t('Delete')}
            </Button>
          )}
        </span>
      </div>
      {editable ? null : (
        <p className="settings-note">
          <Icon name="lock" size={18} />
          {t('This role does not stand below your own highest role: you can look at it, but not change it.')}
        </p>
      )}
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      <Tabs className="role-tabs" defaultSelectedKey={everyone ? 'permissions' : 'looks'}>
        <TabList aria-label={role.name} className="tabs role-tab-list">
          {everyone ? null : (
            <Tab id="looks" className="tab">
              {t('Looks')}
            </Tab>
          )}
          <Tab id="permissions" className="tab">
            {t('Permissions')}
          </Tab>
          {everyone ? null : (
            <Tab id="members" className="tab">
              {t('Members')}
            </Tab>
          )}
        </TabList>
        <TabPanel id="looks" className="form role-panel">
          <Field label={t('Role name')} value={name} onChange={setName} maxLength={100} isDisabled={!editable} error={name.trim() ? null : t('Enter a name.')} />
          <ColorField value={color} onChange={setColor} isDisabled={!editable} />
          <SwitchRow
            title={t('Show members separately')}
            hint={t('In the list of members they stand under the name of this role.')}
            selected={hoist}
            onChange={setHoist}
            disabled={!editable}
          />
          <SwitchRow
            title={t('Anybody may mention this role')}
            hint={t('Otherwise only who may mention everyone.')}
            selected={mentionable}
            onChange={setMentionable}
            disabled={!editable}
          />
        </TabPanel>
        <TabPanel id="permissions" className="form role-panel">
          <Field
            label={t('Search permissions')}
            hideLabel
            placeholder={t('Search permissions')}
            value={query}
            onChange={setQuery}
            after={<Icon name="search" size={18} />}
          />
          {permissionGroups().map((group) => {
            const shown = group.permissions.filter((p) => `${p.name} ${p.hint}`.toLowerCase().includes(wanted));
            return shown.length > 0 ? (
              <section key={group.title} className="permission-group">
                <h4>{group.title}</h4>
                {shown.map((permission) => (
                  <SwitchRow
                    key={permission.name}
                    title={permission.name}
                    hint={permission.hint}
                    selected={has(permissions, permission.bit)}
                    // What one does not have oneself one cannot give, nor take.
                    disabled={!editable || !has(held, permission.bit)}
                    onChange={(on) => setPermissions((old) => (on ? old | permission.bit : old & ~permission.bit))}
                  />
                ))}
              </section>
            ) : null;
          })}
        </TabPanel>
        <TabPanel id="members" className="role-panel">
          <RoleMembers guild={guild} role={role} editable={editable && !role.managed} />
        </TabPanel>
      </Tabs>
      {changed ? (
        <div className="save-bar" role="region" aria-label={t('Unsaved changes')}>
          <span>{t('You have unsaved changes.')}</span>
          <Button small onPress={reset}>
            {t('Reset')}
          </Button>
          <Button small tone="primary" isPending={busy} isDisabled={!name.trim()} onPress={() => void save()}>
            {t('Save changes')}
          </Button>
        </div>
      ) : null}
      {deleting ? (
        <Confirm
          title={t('Delete {name}?', { name: role.name })}
          action={t('Delete role')}
          onClose={() => setDeleting(false)}
          onConfirm={() =>
            refusal(async () => {
              await deleteRole(guild, role.id);
              onBack();
              apply((state) => roleRemoved(state, guild, role.id));
            })
          }
        >
          <p>{t('Everybody who has it loses what it allows.')}</p>
        </Confirm>
      ) : null}
    </div>
  );
}
