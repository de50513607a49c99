import { useEffect } from 'react';
import { t } from '../../i18n';
import type { Notice } from '../../state/model';
import { noticeRemoved } from '../../state/notices';
import { apply, useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import './notices.css';

const SHOWN_MS = 6000;

export function Notices() {
  const notices = useApp((s) => s.notices);
  return (
    <div className="notices" role="region" aria-label={t('Notices')}>
      {notices.map((notice) => (
        <One key={notice.key} notice={notice} />
      ))}
    </div>
  );
}

function One({ notice }: { notice: Notice }) {
  useEffect(() => {
    const timer = setTimeout(() => apply((s) => noticeRemoved(s, notice.key)), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice.key]);
  return (
    <div className={`notice notice-${notice.kind}`} role={notice.kind === 'error' ? 'alert' : 'status'}>
      {notice.kind === 'error' ? <Icon name="warning" size={18} /> : <Icon name="check" size={18} />}
      <span>{notice.text}</span>
      <button
        type="button"
        className="notice-close"
        aria-label={t('Dismiss')}
        onClick={() => apply((s) => noticeRemoved(s, notice.key))}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
