/**
 * The one table of fault codes. `rampart explain CODE`, docs/errors.md, exit codes and HTTP status
 * all come from it. Codes are kebab-case, named `<subject>-<what happened>` (but for the two that HTTP
 * itself has a word for), and never renamed.
 */
import { ACCESS_CODES, type AccessCodeName } from './codes/access-codes.ts'
import type { FaultCode } from './codes/fault-code.ts'
import { PLAN_CODES, type PlanCodeName } from './codes/plan-codes.ts'
import { PORT_CODES, type PortCodeName } from './codes/port-codes.ts'
import { RAMP_CODES, type RampCodeName } from './codes/ramp-codes.ts'
import { REQUEST_CODES, type RequestCodeName } from './codes/request-codes.ts'
import { STORE_CODES, type StoreCodeName } from './codes/store-codes.ts'

export type { FaultCode }

/** The name of a fault. */
export type FaultCodeName =
  | PlanCodeName
  | StoreCodeName
  | RampCodeName
  | RequestCodeName
  | AccessCodeName
  | PortCodeName

/** Every fault code with its meaning, in the order of the documentation. */
export const FAULT_CODES: Readonly<Record<FaultCodeName, FaultCode>> = {
  ...PLAN_CODES,
  ...STORE_CODES,
  ...RAMP_CODES,
  ...REQUEST_CODES,
  ...ACCESS_CODES,
  ...PORT_CODES,
}
