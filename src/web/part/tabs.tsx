/** Tabs that are addresses: which one is open stands in the page's own address. */
import { clsx } from 'clsx'
import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

/** One tab. */
export interface Tab<Name extends string> {
  readonly name: Name
  readonly title: string
  readonly count?: number | undefined
}

/** A row of tabs with what the open one shows. */
export function Tabs<Name extends string>(props: {
  readonly tabs: readonly Tab<Name>[]
  readonly open: Name
  readonly label: string
  readonly onOpen: (name: Name) => void
  readonly aside?: ReactNode
  readonly children: ReactNode
}): ReactNode {
  return (
    <Radix.Root
      value={props.open}
      onValueChange={(name) => props.onOpen(name as Name)}
      className="min-w-0"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 border-line border-b">
        <Radix.List aria-label={props.label} className="flex flex-wrap gap-1">
          {props.tabs.map(({ name, title, count }) => (
            <Radix.Trigger
              key={name}
              value={name}
              className={clsx(
                '-mb-px border-transparent border-b-2 px-1.5 py-2 font-medium text-[0.8125rem] text-muted sm:px-2.5',
                'hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink',
              )}
            >
              {title}
              {count === undefined ? null : (
                <span className="numbers ml-1.5 text-muted text-xs">{count}</span>
              )}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {props.aside}
      </div>
      <Radix.Content value={props.open} className="pt-4" tabIndex={-1}>
        {props.children}
      </Radix.Content>
    </Radix.Root>
  )
}
