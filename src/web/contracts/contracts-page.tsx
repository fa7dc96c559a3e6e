/** The contracts that the server holds. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ContractSummary } from '../../server/wire/contracts.ts'
import { contractsQuery } from '../api/queries.ts'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Page } from '../part/panel.tsx'
import { Copyable, DigestText } from '../part/short-text.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'

/** The list. */
export function ContractsPage(): ReactNode {
  const query = useInfiniteQuery(contractsQuery)
  return (
    <Page
      title="Contracts"
      about="What is promised, revision by revision; no revision ever changes."
    >
      <div className="rounded-lg border border-line bg-panel">
        <Loaded query={query} what="The list of contracts" lines={5}>
          {(contracts) =>
            contracts.length === 0 ? <NoContracts /> : <Rows contracts={contracts} />
          }
        </Loaded>
        <ListEnd query={query} count={query.data?.length ?? 0} what="contracts" />
      </div>
    </Page>
  )
}

function Rows({ contracts }: { readonly contracts: readonly ContractSummary[] }): ReactNode {
  return (
    <ul aria-label="Contracts" className="divide-y divide-line">
      {contracts.map((contract) => (
        <li key={`${contract.kind}/${contract.name}`} className="relative">
          <Link
            to="/contracts/$kind/$name"
            params={{ kind: contract.kind, name: contract.name }}
            data-row=""
            className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 px-4 py-2.5 hover:bg-sunken sm:grid-cols-[minmax(0,1fr)_9rem_minmax(0,12rem)_6rem]"
          >
            <span className="min-w-0">
              <span className="font-medium">{contract.name}</span>{' '}
              <span className="text-muted">{contract.kind}</span>
              <span className="block truncate text-muted text-xs">
                {Object.entries(contract.labels)
                  .map(([name, value]) => `${name}=${value}`)
                  .join(' ') || 'no labels'}
              </span>
            </span>
            <span className="numbers text-muted text-xs">
              revision {contract.number} <DigestText digest={contract.digest} />
            </span>
            <span className="hidden truncate text-muted text-xs sm:block">by {contract.by}</span>
            <span className="hidden text-right text-muted text-xs sm:block">
              <Ago atMs={contract.atMs} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function NoContracts(): ReactNode {
  return (
    <Empty title="The server holds no contract yet.">
      <p>A contract can be brought up from a folder without being held. To have it held here:</p>
      <p className="mt-2">
        <Copyable text="rampart apply -f ." label="the command" />
      </p>
    </Empty>
  )
}
