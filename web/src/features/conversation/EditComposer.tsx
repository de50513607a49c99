import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Message } from '../../api/types';
import { t } from '../../i18n';
import { store } from '../../state/store';
import { replaceShortcodes } from '../emoji';
import { explain } from '../errors';
import { useActs } from './acts';
import { MAX_LENGTH } from './Composer';
import { endEdit, saveEdit } from './editMessage';
import { decodeMentions, encodeMentions } from './mentions';
import { mentionablesIn } from './names';
import { SuggestionList } from './SuggestionList';
import { useAutosize } from './textarea';
import { useAutocomplete } from './useAutocomplete';

export function EditComposer({ message }: { message: Message }) {
  const acts = useActs();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => decodeMentions(message.content, (id) => store.getState().users[id], mentionablesIn(message.channel_id)));
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const auto = useAutocomplete(field, message.channel_id);
  useAutosize(field, text);

  useEffect(() => {
    const target = field.current;
    if (!target) return;
    target.focus();
    target.setSelectionRange(target.value.length, target.value.length);
    target.scrollIntoView({ block: 'nearest' });
  }, []);

  const done = () => {
    endEdit(message.channel_id);
    acts.focusComposer();
  };

  const save = async () => {
    const names = mentionablesIn(message.channel_id);
    const content = replaceShortcodes(encodeMentions(text.trim(), names.users, names));
    if (content === message.content) return done();
    if (!content) return acts.remove(message, false);
    if (content.length > MAX_LENGTH) {
      setError(t('A message can have at most {max} characters.', { max: MAX_LENGTH }));
      return;
    }
    setBusy(true);
    try {
      await saveEdit(message, content);
      done();
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (auto.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void save();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      done();
    }
  };

  return (
    <div className="edit">
      <SuggestionList auto={auto} />
      <textarea
        ref={field}
        className="edit-field"
        aria-label={t('Edit message')}
        rows={1}
        value={text}
        readOnly={busy}
        {...auto.fieldProps}
        onChange={(event) => {
          setText(event.target.value);
          setError(null);
          auto.update();
        }}
        onBlur={() => auto.close()}
        onKeyDown={onKeyDown}
      />
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
      <p className="edit-help">
        {t('Escape to')}{' '}
        <button type="button" className="link" onClick={done}>
          {t('cancel')}
        </button>
        {' · '}
        {t('Enter to')}{' '}
        <button type="button" className="link" onClick={() => void save()}>
          {t('save')}
        </button>
      </p>
    </div>
  );
}
