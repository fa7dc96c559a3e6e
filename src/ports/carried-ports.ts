/** The fronts that proxies carry, as the record has them: nothing of ours listens there. */
import { isDeepStrictEqual } from 'node:util'
import type { CarriedFront } from '../core/port/carried-front.ts'
import type { CarriedPorts } from '../seams/port-broker.ts'
import type { PortLedger } from './port-ledger.ts'

/** Tells of them and records them. */
export function carriedPorts(record: PortLedger): CarriedPorts {
  const all = (): readonly CarriedFront[] => record.table.carried.all()
  return {
    all,
    open: async (front) => {
      if (all().some((known) => isDeepStrictEqual(known, front))) return
      await record.record([{ type: 'front.opened', front }])
    },
    close: async (service, port) => {
      if (!all().some((known) => known.service === service && known.port === port)) return
      await record.record([{ type: 'front.closed', service, port }])
    },
  }
}
