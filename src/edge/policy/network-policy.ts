/**
 * Who may connect, as NetworkPolicy of Kubernetes: one manifest for each service whose pods the contract
 * labels. A pod that a manifest selects is closed but for what the manifest opens, so ports that no rule
 * speaks of are opened again. No list of peers may ever be empty: to Kubernetes that means everybody.
 *
 * @source https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
import { stringify } from 'yaml'
import type { PortsContract } from '../../contracts/ports/definition.ts'
import type { ClientIdentity, ConnectPolicy, ConnectRule } from '../../core/port/connect-policy.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { admittedBy, evidenceOf } from './admitted.ts'
import { type NumberedPort, numbersOf, otherPorts } from './pod-ports.ts'
import { commentsOf, headOf, type PolicyPrinter, policiesOf } from './printed-policy.ts'

/** A manifest, or the part of one, with what it cannot say. */
interface Said<Part> {
  readonly parts: readonly Part[]
  readonly unsaid: readonly string[]
}

/** What one service's manifest is made of. */
interface Target {
  readonly client: ClientIdentity
  readonly rules: readonly ConnectRule[]
  readonly policies: readonly ConnectPolicy[]
  readonly numbers: ReadonlyMap<string, readonly NumberedPort[]>
}

/** The longest name of a container's port. @source RFC 6335, section 5.1 */
const NAME_LIMIT = 15

/** Prints manifests, one document each. */
export const printNetworkPolicies: PolicyPrinter = (contracts) => {
  const policies = policiesOf(contracts)
  const rules = policies.flatMap((policy) => policy.rules)
  const rulesOf = (service: string): readonly ConnectRule[] =>
    rules.filter(({ to }) => to.some((pattern) => matchesWord(pattern, service)))
  const targets = policies
    .flatMap(({ clients }) => clients)
    .filter(({ labels, service }) => labels !== undefined && rulesOf(service).length > 0)
  const prefix = ['rampart', ...contracts.map(({ name }) => name)].join('.')
  const made = targets.map((client, place) => {
    const { service } = client
    // Two contracts may each know pods of one service; their manifests must not replace one another.
    const before = targets.slice(0, place).filter((other) => other.service === service).length
    const name = `${prefix}.${service.replaceAll('/', '.')}${before === 0 ? '' : `.${before + 1}`}`
    const numbers = numbersOf(contracts, service)
    return manifestOf(name, { client, rules: rulesOf(service), policies, numbers })
  })
  const unsaid = [
    ...new Set([...unlabelled(contracts, rules), ...made.flatMap((one) => one.unsaid)]),
  ]
  const documents = made.flatMap(({ parts }) => parts.map((part) => stringify(part)))
  const head = [...headOf(contracts), ...commentsOf(unsaid), ''].join('\n')
  return { text: [head, ...documents].join('---\n'), unsaid }
}

function manifestOf(name: string, target: Target): Said<JsonObject> {
  const { labels = {}, namespace } = target.client
  const { parts: ingress, unsaid } = ingressOf(target)
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) }
  const spec = {
    podSelector: { matchLabels: { ...labels } },
    policyTypes: ['Ingress'],
    ingress,
  }
  const manifest = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec }
  return { parts: [manifest], unsaid }
}

function ingressOf(target: Target): Said<JsonObject> {
  const { client, rules, numbers } = target
  const whole = rules.filter(({ ports }) => ports === undefined)
  const named = [...new Set(rules.flatMap(({ ports = [] }) => ports))].sort()
  const byPort = named.map((name) => entryOf(target, name))
  if (whole.length > 0) return joined([peersOf(target, whole), ...byPort])
  if (named.every((name) => numbers.has(name))) {
    const taken = named.flatMap((name) => numbers.get(name) ?? [])
    const ports = otherPorts(taken).map((one) => ({ ...one }))
    return joined([...byPort, { parts: [{ ports }], unsaid: [] }])
  }
  const closed = `ports of ${client.service} that no rule names are open; here they are closed to everybody`
  return joined([...byPort, { parts: [], unsaid: [closed] }])
}

/** Who may connect to one port: by its number, else by the name that its container gives it. */
function entryOf(target: Target, name: string): Said<JsonObject> {
  const { client, rules, numbers } = target
  const about = rules.filter(({ ports }) => ports?.includes(name))
  const { parts, unsaid } = peersOf(target, about)
  const fixed = numbers.get(name)
  if (fixed !== undefined) {
    const ports = fixed.map((one) => ({ ...one }))
    return { parts: parts.map((part) => ({ ...part, ports })), unsaid }
  }
  const port = `the number of ${client.service}'s port ${name} is not fixed`
  if (name.length > NAME_LIMIT || !/[a-z]/.test(name)) {
    const sentence = `${port}, and Kubernetes has no ports of that name; nobody is let in there`
    return { parts: [], unsaid: [...unsaid, sentence] }
  }
  const ports = [{ protocol: 'TCP', port: name }]
  const sentence = `${port}; the TCP port that its containers call so is meant`
  return { parts: parts.map((part) => ({ ...part, ports })), unsaid: [...unsaid, sentence] }
}

function joined<Part>(all: readonly Said<Part>[]): Said<Part> {
  return {
    parts: all.flatMap(({ parts }) => parts),
    unsaid: all.flatMap(({ unsaid }) => unsaid),
  }
}

/** One entry that lets these rules' clients in; none when nobody can be told. */
function peersOf({ client, policies }: Target, rules: readonly ConnectRule[]): Said<JsonObject> {
  const { isEverybody, clients, unknown } = admittedBy(rules, policies)
  if (isEverybody) return { parts: [{}], unsaid: [] }
  const from = clients.flatMap(peersOfClient)
  const strangers = unknown.map(
    (who) => `nothing under \`clients\` says what ${who} is known by; ${client.service} refuses it`,
  )
  const untold = clients
    .filter((one) => peersOfClient(one).length === 0)
    .map(
      (one) =>
        `${one.service} is known by ${evidenceOf(one)}, and not by labels or a network; ` +
        `${client.service} refuses it`,
    )
  return { parts: from.length === 0 ? [] : [{ from }], unsaid: [...strangers, ...untold] }
}

function peersOfClient({ labels, namespace, networks }: ClientIdentity): readonly JsonObject[] {
  const blocks = networks.map((cidr) => ({ ipBlock: { cidr } }))
  if (labels === undefined) return blocks
  const podSelector = { matchLabels: { ...labels } }
  if (namespace === undefined) return [{ podSelector }, ...blocks]
  const matchLabels = { 'kubernetes.io/metadata.name': namespace }
  return [{ podSelector, namespaceSelector: { matchLabels } }, ...blocks]
}

/** Services that rules protect and whose pods nobody can find. */
function unlabelled(
  contracts: readonly PortsContract[],
  rules: readonly ConnectRule[],
): readonly string[] {
  const clients = contracts.flatMap(({ definition }) => definition.clients)
  const labelled = clients.filter(({ labels }) => labels !== undefined)
  return [...new Set(rules.flatMap(({ to }) => to))].flatMap((pattern) => {
    if (!pattern.endsWith('*')) {
      if (labelled.some(({ service }) => service === pattern)) return []
      return [`\`clients\` gives ${pattern} no labels, so its pods cannot be found; it stays open`]
    }
    return [`of ${pattern}, only services that have labels under \`clients\` are meant`]
  })
}
