import { useEffect, useState, type FormEvent } from 'react';
import { Form } from 'react-aria-components';
import { changeProfile, getProfile } from '../../api/users';
import { t } from '../../i18n';
import { noticeAdded } from '../../state/notices';
import { apply, useApp } from '../../state/store';
import { displayName } from '../../state/users';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Spinner } from '../../ui/Spinner';
import { explain } from '../errors';
import { UserAvatar } from '../people/UserAvatar';
import '../people/people.css';

const MAX_BIO = 190;
const hex = (color: number) => `#${color.toString(16).padStart(6, '0')}`;

interface Values {
  bio: string;
  pronouns: string;
  color: number | null;
}

export function ProfileSettings() {
  const me = useApp((s) => s.me);
  const id = me?.id;
  const [saved, setSaved] = useState<Values | null>(null);
  const [values, setValues] = useState<Values>({ bio: '', pronouns: '', color: null });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (!id) return;
    let wanted = true;
    getProfile(id).then(
      (profile) => {
        if (!wanted) return;
        const found = {
          bio: profile.user_profile?.bio ?? profile.user.bio ?? '',
          pronouns: profile.user_profile?.pronouns ?? '',
          color: profile.user_profile?.accent_color ?? profile.user.accent_color ?? null,
        };
        setSaved(found);
        setValues(found);
      },
      (error: unknown) => {
        if (wanted) setProblem(explain(error));
      },
    );
    return () => {
      wanted = false;
    };
  }, [id]);

  if (!me) return null;
  if (!saved) return problem ? <p className="form-error">{problem}</p> : <Spinner />;

  const changed = JSON.stringify(saved) !== JSON.stringify(values);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await changeProfile({ bio: values.bio, pronouns: values.pronouns, accent_color: values.color });
      setSaved(values);
      apply((state) => ({
        ...noticeAdded(state, 'info', t('Your profile was saved.')),
        me: state.me ? { ...state.me, bio: values.bio, pronouns: values.pronouns, accent_color: values.color } : null,
      }));
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="profile-settings">
      <Form className="form" onSubmit={(e) => void save(e)}>
        {problem ? (
          <p role="alert" className="form-error">
            {problem}
          </p>
        ) : null}
        <Field
          label={t('About me')}
          multiline
          value={values.bio}
          onChange={(bio) => setValues({ ...values, bio })}
          maxLength={MAX_BIO}
          hint={t('{count} of {max} characters. Markdown works here.', { count: values.bio.length, max: MAX_BIO })}
        />
        <Field
          label={t('Pronouns')}
          value={values.pronouns}
          onChange={(pronouns) => setValues({ ...values, pronouns })}
          maxLength={40}
        />
        <div className="field">
          <label className="field-label" htmlFor="profile-color">
            {t('Profile colour')}
          </label>
          <div className="color-row">
            <input
              id="profile-color"
              type="color"
              value={hex(values.color ?? 0x3f5fe0)}
              onChange={(event) => setValues({ ...values, color: parseInt(event.target.value.slice(1), 16) })}
            />
            <Button small isDisabled={values.color === null} onPress={() => setValues({ ...values, color: null })}>
              {t('Use the standard colour')}
            </Button>
          </div>
        </div>
        <div className="form-acts">
          <Button isDisabled={!changed} onPress={() => setValues(saved)}>
            {t('Undo changes')}
          </Button>
          <Button type="submit" tone="primary" isDisabled={!changed} isPending={busy}>
            {t('Save changes')}
          </Button>
        </div>
      </Form>
      <div className="profile-preview" aria-hidden="true">
        <div className="popout">
          <div className="popout-banner" style={values.color !== null ? { backgroundColor: hex(values.color) } : undefined} />
          <div className="popout-top">
            <UserAvatar id={me.id} size={80} />
          </div>
          <div className="popout-body">
            <div className="popout-name">{displayName(me)}</div>
            <p className="popout-username">
              {me.username}
              {values.pronouns ? ` · ${values.pronouns}` : ''}
            </p>
            {values.bio ? <p className="popout-bio">{values.bio}</p> : null}
          </div>
        </div>
      </div>
    </div>
  );
}
