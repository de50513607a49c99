import type { Embed, EmbedMedia } from '../../api/types';
import { messageTime } from '../../i18n/time';
import { Markdown } from '../markdown';
import { useLookups } from './useLookups';

const hex = (color: number) => `#${color.toString(16).padStart(6, '0')}`;

/** The page loads pictures only from its own server; a picture elsewhere is a link. */
function ownUrl(media: EmbedMedia | undefined): string | null {
  for (const url of [media?.proxy_url, media?.url]) {
    if (url && new URL(url, window.location.origin).origin === window.location.origin) return url;
  }
  return null;
}

const External = ({ href, children }: { href: string; children: React.ReactNode }) =>
  /^https?:\/\//.test(href) ? (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ) : (
    <>{children}</>
  );

function Picture({ media, className }: { media: EmbedMedia | undefined; className: string }) {
  const url = ownUrl(media);
  if (url) return <img className={className} src={url} alt="" loading="lazy" width={media?.width} height={media?.height} />;
  if (media?.url && className === 'embed-image') return <External href={media.url}>{media.url}</External>;
  return null;
}

export function Embeds({ embeds }: { embeds: Embed[] }) {
  const lookups = useLookups();
  if (embeds.length === 0) return null;
  return (
    <div className="embeds">
      {embeds.map((embed, index) => (
        // Embeds have no identity but their place.
        <article
          key={index}
          className="embed"
          style={embed.color != null ? { borderLeftColor: hex(embed.color) } : undefined}
        >
          <div className="embed-main">
            {embed.provider?.name ? <div className="embed-small">{embed.provider.name}</div> : null}
            {embed.author ? (
              <div className="embed-author">
                {embed.author.url ? <External href={embed.author.url}>{embed.author.name}</External> : embed.author.name}
              </div>
            ) : null}
            {embed.title ? (
              <div className="embed-title">
                {embed.url ? <External href={embed.url}>{embed.title}</External> : <Markdown text={embed.title} {...lookups} />}
              </div>
            ) : null}
            {embed.description ? (
              <div className="embed-text">
                <Markdown text={embed.description} {...lookups} />
              </div>
            ) : null}
            {embed.fields?.length ? (
              <dl className="embed-fields">
                {embed.fields.map((field, i) => (
                  <div key={i} className={field.inline ? 'embed-field is-inline' : 'embed-field'}>
                    <dt>
                      <Markdown text={field.name} {...lookups} />
                    </dt>
                    <dd>
                      <Markdown text={field.value} {...lookups} />
                    </dd>
                  </div>
                ))}
              </dl>
            ) : null}
            <Picture media={embed.image} className="embed-image" />
            {embed.footer || embed.timestamp ? (
              <div className="embed-small">
                {[embed.footer?.text, embed.timestamp ? messageTime(embed.timestamp) : null].filter(Boolean).join(' · ')}
              </div>
            ) : null}
          </div>
          <Picture media={embed.thumbnail} className="embed-thumbnail" />
        </article>
      ))}
    </div>
  );
}
