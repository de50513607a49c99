import { useRef, useState } from 'react';
import { createEmoji, deleteEmoji, listEmojis, renameEmoji } from '../../api/emojis';
import type { GuildEmoji, Id } from '../../api/types';
import { t } from '../../i18n';
import { emojisReplaced } from '../../state/guilds';
import { canInGuild, Permission } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { displayName } from '../../state/users';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { readPicture } from '../../ui/PictureField';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { useLoaded } from './useLoaded';

const MOST = 256 * 1024;
const none: GuildEmoji[] = [];

/** A name for an emoji from that of its file. */
const nameFrom = (file: string): string => {
  const name = file.replace(/\.[^.]*$/, '').replace(/\W+/g, '_').slice(0, 32);
  return name.length >= 2 ? name : `emoji_${name}`;
};

export function Emojis({ guild }: { guild: Id }) {
  const emojis = useApp((s) => s.guilds[guild]?.emojis ?? none);
  const manage = useApp((s) => canInGuild(s, guild, Permission.ManageExpressions));
  const create = useApp((s) => canInGuild(s, guild, Permission.CreateExpressions));
  const me = useApp((s) => s.me?.id);
  // Only this answer says who made them.
  const { value: told } = useLoaded(guild, () => listEmojis(guild));
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const makers = new Map((told ?? []).map((one) => [one.id, one.user]));

  const put = (change: (list: GuildEmoji[]) => GuildEmoji[]) =>
    apply((state) => emojisReplaced(state, guild, change(state.guilds[guild]?.emojis ?? [])));

  const upload = async (files: File[]) => {
    setBusy(true);
    setProblem(null);
    for (const file of files) {
      if (file.size > MOST) {
        setProblem(t('{name} is too large: 256 KB at most.', { name: file.name }));
        continue;
      }
      try {
        const made = await createEmoji(guild, { name: nameFrom(file.name), image: await readPicture(file) });
        put((list) => (list.some((one) => one.id === made.id) ? list : [...list, made]));
      } catch (error) {
        setProblem(`${file.name}: ${explain(error)}`);
      }
    }
    setBusy(false);
  };

  return (
    <>
      <p className="settings-lead">
        {t('Members write them as :name:. Square pictures of at most 256 KB, also moving ones, look best.')}
      </p>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      {create ? (
        <div className="roles-acts">
          <Button tone="primary" isPending={busy} onPress={() => input.current?.click()}>
            {t('Upload emoji')}
          </Button>
          <input
            ref={input}
            type="file"
            multiple
            accept="image/png,image/jpeg,image/gif,image/webp"
            className="visually-hidden"
            aria-label={t('Emoji files')}
            tabIndex={-1}
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = '';
              void upload(files);
            }}
          />
        </div>
      ) : null}
      {emojis.length === 0 ? (
        <div className="empty empty-inline">
          <span className="empty-icon">
            <Icon name="smile" size={34} />
          </span>
          <h3>{t('No emoji yet')}</h3>
          <p>{t('Upload the first one, and everybody here can use it.')}</p>
        </div>
      ) : (
        <ul className="card rows" aria-label={t('Emoji')}>
          {emojis.map((emoji) => (
            <EmojiRow
              key={emoji.id}
              emoji={emoji}
              maker={makers.get(emoji.id) ? displayName(makers.get(emoji.id)) : ''}
              editable={manage || (create && makers.get(emoji.id)?.id === me)}
              onRename={async (name) => {
                const worked = await attempt(() => renameEmoji(guild, emoji.id, name));
                if (worked) put((list) => list.map((one) => (one.id === emoji.id ? { ...one, name } : one)));
              }}
              onDelete={async () => {
                const worked = await attempt(() => deleteEmoji(guild, emoji.id));
                if (worked && store.getState().guilds[guild]) put((list) => list.filter((one) => one.id !== emoji.id));
              }}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface RowProps {
  emoji: GuildEmoji;
  maker: string;
  editable: boolean;
  onRename: (name: string) => Promise<void>;
  onDelete: () => Promise<void>;
}

function EmojiRow({ emoji, maker, editable, onRename, onDelete }: RowProps) {
  const [name, setName] = useState(emoji.name);
  const save = () => {
    const wanted = name.trim();
    if (!/^\w{2,32}$/.test(wanted)) setName(emoji.name);
    else if (wanted !== emoji.name) void onRename(wanted);
  };
  return (
    <li className="setting-row">
      <img className="emoji-thumb" src={`/emojis/${emoji.id}.${emoji.animated ? 'gif' : 'webp'}?size=96`} alt={`:${emoji.name}:`} />
      <div className="device-text">
        {editable ? (
          <input
            className="emoji-name"
            aria-label={t('Name of the emoji {name}', { name: emoji.name })}
            value={name}
            maxLength={32}
            spellCheck={false}
            onChange={(event) => setName(event.target.value.replace(/\W/g, ''))}
            onBlur={save}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur();
            }}
          />
        ) : (
          <div className="setting-value">:{emoji.name}:</div>
        )}
        {maker ? <div className="setting-label">{t('By {name}', { name: maker })}</div> : null}
      </div>
      {editable ? <IconButton icon="trash" tone="danger" label={t('Delete {name}', { name: emoji.name })} onPress={() => void onDelete()} /> : null}
    </li>
  );
}
