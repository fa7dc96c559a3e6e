/** Buttons, and links that look like them. One accent: only what the page is about is filled. */
import { cva } from 'class-variance-authority'
import type { ComponentProps, ReactNode } from 'react'
import { twMerge } from 'tailwind-merge'

/** How much a button weighs. */
export type Weight = 'plain' | 'main' | 'danger' | 'quiet'

/** The classes of a button. */
export const buttonLook = cva(
  'inline-flex h-8 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md px-3 font-medium text-[0.8125rem] transition-colors disabled:opacity-50',
  {
    variants: {
      weight: {
        plain: 'border border-firm bg-panel hover:bg-sunken',
        main: 'border border-transparent bg-accent text-on-accent hover:opacity-90',
        danger: 'border border-bad bg-panel text-bad hover:bg-bad-soft',
        quiet: 'border border-transparent text-muted hover:bg-sunken hover:text-ink',
      },
    },
  },
)

/** A button that does something here. */
export function Button(props: ComponentProps<'button'> & { readonly weight?: Weight }): ReactNode {
  const { weight = 'plain', className, ...rest } = props
  return <button type="button" {...rest} className={twMerge(buttonLook({ weight }), className)} />
}
