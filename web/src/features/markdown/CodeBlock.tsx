import { useEffect, useState, type ReactNode } from 'react';
import { t } from '../../i18n';
import type { Token } from './highlight';

interface Coloured {
  of: string;
  tokens: Token[];
}

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [coloured, setColoured] = useState<Coloured>();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (language === '') return;
    let current = true;
    void (async () => {
      const { highlight } = await import('./highlight');
      const tokens = await highlight(code, language);
      if (current && tokens) setColoured({ of: code, tokens });
    })().catch(() => {
      // colours are a nicety: without the chunk the code stays as it is
    });
    return () => {
      current = false;
    };
  }, [code, language]);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <div className="md-code-block">
      {/* wide code scrolls, also by keyboard */}
      <pre tabIndex={0} aria-label={language === '' ? t('Code') : t('Code in {language}', { language })}>
        <code>{coloured?.of === code ? drawTokens(coloured.tokens) : code}</code>
      </pre>
      <button
        type="button"
        className="md-copy"
        onClick={() => {
          void navigator.clipboard.writeText(code).then(() => setCopied(true));
        }}
      >
        {copied ? t('Copied') : t('Copy')}
      </button>
    </div>
  );
}

function drawTokens(tokens: Token[]): ReactNode[] {
  return tokens.map((token, i) =>
    typeof token === 'string' ? (
      token
    ) : (
      <span key={i} className={`hl-${token.kind}`}>
        {drawTokens(token.children)}
      </span>
    ),
  );
}
