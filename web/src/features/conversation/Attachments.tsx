import type { Attachment } from '../../api/types';
import { t } from '../../i18n';
import { Icon } from '../../ui/Icon';

function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat('en', { style: 'unit', unit: units[step], maximumFractionDigits: 1 }).format(
    bytes / 1000 ** step,
  );
}

export function Attachments({ attachments }: { attachments: Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <div className="attachments">
      {attachments.map((a) =>
        a.content_type?.startsWith('image/') && a.width && a.height ? (
          <a key={a.id} href={a.url} target="_blank" rel="noreferrer" className="attachment-image">
            <img src={a.url} alt={a.description ?? a.filename} width={a.width} height={a.height} loading="lazy" />
          </a>
        ) : (
          <a key={a.id} href={a.url} target="_blank" rel="noreferrer" className="attachment-file">
            <Icon name="file" />
            <span>
              {a.filename} <small>{size(a.size)}</small>
            </span>
            <span className="visually-hidden">{t('Open file')}</span>
          </a>
        ),
      )}
    </div>
  );
}
