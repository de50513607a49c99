import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import { Spinner } from './Spinner';
import { Tooltip } from './Tooltip';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style'> {
  tone?: 'primary' | 'plain' | 'danger' | 'quiet' | 'danger-quiet';
  small?: boolean;
  wide?: boolean;
  children: ReactNode;
}

export function Button({ tone = 'plain', small, wide, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={`button button-${tone}${small ? ' button-small' : ''}${wide ? ' button-wide' : ''}`}>
      {props.isPending ? <Spinner small /> : null}
      <span className={props.isPending ? 'button-waiting' : undefined}>{children}</span>
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  icon: IconName;
  label: string;
  size?: number;
  tone?: 'plain' | 'danger' | 'good';
  pressed?: boolean;
  placement?: 'top' | 'bottom' | 'left' | 'right';
  badge?: boolean;
}

export function IconButton({ icon, label, size, tone = 'plain', pressed, placement, badge, ...props }: IconButtonProps) {
  return (
    <Tooltip text={label} placement={placement}>
      <AriaButton
        {...props}
        aria-label={label}
        aria-pressed={pressed}
        className={`icon-button icon-button-${tone}${pressed ? ' is-pressed' : ''}`}
      >
        <Icon name={icon} size={size} />
        {badge ? <span className="icon-button-badge" /> : null}
      </AriaButton>
    </Tooltip>
  );
}
