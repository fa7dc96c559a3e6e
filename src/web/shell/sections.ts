/** The sections of the dashboard, in the order in which they are offered. */
import {
  EthernetPort,
  FileText,
  Gauge,
  KeyRound,
  ListTree,
  type LucideIcon,
  MapPinned,
  ScrollText,
  Stamp,
} from 'lucide-react'

/** One section. */
export interface Section {
  readonly title: string
  readonly to:
    | '/'
    | '/ramps'
    | '/contracts'
    | '/approvals'
    | '/ledger'
    | '/ports'
    | '/regions'
    | '/access'
  /** After `g`, this key goes there. */
  readonly key: string
  readonly icon: LucideIcon
}

/** All of them. */
export const SECTIONS: readonly Section[] = [
  { title: 'Overview', to: '/', key: 'o', icon: Gauge },
  { title: 'Ramps', to: '/ramps', key: 'r', icon: ListTree },
  { title: 'Contracts', to: '/contracts', key: 'c', icon: FileText },
  { title: 'Approvals', to: '/approvals', key: 'a', icon: Stamp },
  { title: 'Ledger', to: '/ledger', key: 'l', icon: ScrollText },
  { title: 'Ports', to: '/ports', key: 'p', icon: EthernetPort },
  { title: 'Regions', to: '/regions', key: 'e', icon: MapPinned },
  { title: 'Access', to: '/access', key: 'x', icon: KeyRound },
]
