/**
 * Whether fronts ask for the certificates that clients are known by: said by contracts of two kinds, so
 * that neither can be judged alone. Only what stands beside each other is looked at; a front of another
 * folder says at each refusal that it asks for none.
 */

import { matchesWord } from '../core/port/match-word.ts'
import { rulesFor } from '../core/port/may-connect.ts'
import type { Issue } from './document/issue.ts'
import { issueAt, placeOf, type SourceDocument, valueAt } from './document/source-document.ts'
import type { Component, EnvironmentContract } from './environment/definition.ts'
import type { AnyContract } from './index.ts'
import { type PortsContract, toConnectPolicy } from './ports/definition.ts'

/** A front of our own that asks nobody for a certificate. */
interface Front {
  readonly contract: EnvironmentContract
  readonly component: string
  readonly service: string
  readonly port: string
}

/** Clients that are known by a certificate alone, and could never come in. */
export function checkFrontCertificates(
  documents: readonly SourceDocument[],
  contracts: readonly AnyContract[],
): readonly Issue[] {
  const ports = contracts.flatMap((one) => (one.kind === 'Ports' ? [one] : []))
  const fronts = contracts.flatMap((one) => (one.kind === 'Environment' ? frontsOf(one) : []))
  const policies = ports.map(toConnectPolicy)
  return ports.flatMap((contract) =>
    contract.definition.clients.flatMap((client) => {
      const { service, users, mtls, tokens, networks, labels } = client
      const others = [...users, ...tokens, ...networks].length + (labels === undefined ? 0 : 1)
      if (mtls.length === 0 || others > 0) return []
      const shut = fronts.find((front) =>
        rulesFor(policies, front).some(({ from }) => from.some((one) => matchesWord(one, service))),
      )
      return shut === undefined ? [] : issueOf(documents, contract, { client: service, shut })
    }),
  )
}

function frontsOf(contract: EnvironmentContract): readonly Front[] {
  const { components, regions } = contract.definition
  return components.flatMap((component) => {
    const { roll, name } = component
    if (roll === undefined || roll.by !== undefined || roll.tls?.clientCa !== undefined) return []
    const stages =
      regions.length === 0 ? [name] : regionsOf(component, contract).map((one) => `${one}/${name}`)
    return stages.flatMap((stage) =>
      roll.ports.map((port) => {
        return { contract, component: name, service: `${contract.name}/${stage}`, port }
      }),
    )
  })
}

function regionsOf({ regions }: Component, { definition }: EnvironmentContract): readonly string[] {
  return regions ?? definition.regions.map(({ name }) => name)
}

function issueOf(
  documents: readonly SourceDocument[],
  contract: PortsContract,
  { client, shut }: { readonly client: string; readonly shut: Front },
): readonly Issue[] {
  const [document, other] = [contract, shut.contract].map((one) => documentOf(documents, one))
  if (document === undefined || other === undefined) return []
  const expected = `roll.tls of ${shut.component} with a clientCa, or a user or token of ${client}`
  const message =
    `${client} is known by a certificate alone, and the front of ${shut.service} (${shut.port}) asks ` +
    `for none, so that it could never come in; expected ${expected}`
  const at = ['spec', 'clients', client, 'mtls']
  const issue = issueAt(document, at, { code: 'contradiction', message, expected })
  const place = placeOf(other, ['spec', 'components', shut.component, 'roll'], 'key')
  if (place === undefined || other.file !== document.file) return [issue]
  return [{ ...issue, related: [{ ...place, message: `the front of ${shut.component} is here` }] }]
}

function documentOf(
  documents: readonly SourceDocument[],
  { kind, name, file }: AnyContract,
): SourceDocument | undefined {
  return documents.find(
    ({ value, file: its }) =>
      its === file &&
      valueAt(value, ['kind']) === kind &&
      valueAt(value, ['metadata', 'name']) === name,
  )
}
