import { Component, type ReactNode } from 'react';
import { t } from '../i18n';
import { Button } from '../ui/Button';
import { Logo } from '../ui/Logo';

/** A fault in the page must not leave an empty one. What was written and not sent is safe in the outbox and the drafts. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="splash" role="alert">
        <Logo size={56} />
        <p>{t('Something in this page broke. Your conversations and drafts are safe.')}</p>
        <Button tone="primary" onPress={() => window.location.reload()}>
          {t('Load the page again')}
        </Button>
      </main>
    );
  }
}
