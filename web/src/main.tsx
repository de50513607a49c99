import '@fontsource-variable/inter/wght.css';
import './app/theme.css';
import './app/controls.css';
import { I18nProvider } from '@lingui/react';
import { i18n } from '@lingui/core';
import { createRoot } from 'react-dom/client';
import './i18n';
import { App } from './app/App';
import { ErrorBoundary } from './app/ErrorBoundary';
import { reloadWhenReplaced } from './app/update';
import { followKeyboard } from './app/viewport';
import { startApp } from './app/session';
import { paint } from './app/theme';

paint();
reloadWhenReplaced();
followKeyboard();
startApp();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <I18nProvider i18n={i18n}>
      <ErrorBoundary>
        <App />
      </ErrorBoundary>
    </I18nProvider>,
  );
}
