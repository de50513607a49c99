import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';

// The English text is the key. A translation is a table from it to the text in another language, in ICU message format.
i18n.setMessagesCompiler(compileMessage);
i18n.loadAndActivate({ locale: 'en', messages: {} });

type Values = Record<string, string | number>;

export const t = (text: string, values?: Values): string => i18n._(text, values);

export const locale = (): string => i18n.locale;
