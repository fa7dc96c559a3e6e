/** The programs in whose words a contract's rules can be printed. */
import { printHaproxyAccess } from './haproxy.ts'
import { printNetworkPolicies } from './network-policy.ts'
import { printNftables } from './nftables.ts'
import type { PolicyPrinter } from './printed-policy.ts'

/** By the word that asks for it. */
export const POLICY_FORMS: ReadonlyMap<string, PolicyPrinter> = new Map([
  ['nftables', printNftables],
  ['networkpolicy', printNetworkPolicies],
  ['haproxy', printHaproxyAccess],
])
