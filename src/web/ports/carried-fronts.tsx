/** The fronts that proxies carry: their ports are the proxies' own, so that no range has them. */
import type { ReactNode } from 'react'
import { type CarriedFront, printCarrier } from '../../core/port/carried-front.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import { Panel } from '../part/panel.tsx'

/** Lists them; nothing where there are none. */
export function CarriedFronts({ fronts }: { readonly fronts: readonly CarriedFront[] }): ReactNode {
  if (fronts.length === 0) return null
  return (
    <Panel title="Fronts that proxies carry" count={fronts.length} isFlush>
      <ul aria-label="Fronts that proxies carry" className="divide-y divide-line">
        {fronts.map((front) => (
          <li
            key={printServicePort(front)}
            className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5"
          >
            <span className="numbers font-medium">{printHostPort(front.host, front.number)}</span>
            <span className="min-w-0 break-words">
              {front.service} <span className="text-muted">{front.port}</span>
            </span>
            <span className="min-w-0 break-words text-muted text-xs">
              {printCarrier(front.carrier)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
