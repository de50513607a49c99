import { t } from '../i18n';

export function Spinner({ small }: { small?: boolean }) {
  return <span className={small ? 'spinner spinner-small' : 'spinner'} role="progressbar" aria-label={t('Loading')} />;
}
