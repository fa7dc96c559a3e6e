/** A port as a command line speaks of it. */
import type { PortSpan } from '../../core/port/machine-facts.ts'
import type { Confidence } from '../found/found-port.ts'

/** A port of a command. */
export interface CommandPort extends PortSpan {
  readonly stance: 'claim' | 'consumption'
  readonly confidence: Confidence
  readonly addresses: readonly string[]
  readonly protocol: 'tcp' | 'udp'
  /** The words that say so: `next dev -p 3001`. */
  readonly text: string
  readonly tool?: string
  readonly because?: string
  readonly isHttp?: boolean
  readonly host?: string
  readonly target?: PortSpan
}
